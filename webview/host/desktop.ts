// The browser's clipboard and downloads.

/** Copies text; tells whether it worked. Pages served over plain HTTP from elsewhere than this machine have no clipboard API: then through a selection. */
export function copyText(text: string, done: (ok: boolean) => void): void {
  if (!navigator.clipboard) {
    done(copyBySelection(text));
    return;
  }
  navigator.clipboard.writeText(text).then(
    () => done(true),
    () => done(copyBySelection(text)),
  );
}

/** Offers a text as a download. */
export function saveFile(file: { readonly name: string; readonly mime: string; readonly text: string }): void {
  const url = URL.createObjectURL(new Blob([file.text], { type: file.mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(url);
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const ok = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return ok;
}
