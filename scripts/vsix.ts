// What may be in the extension's package, read from the package itself (a zip archive).

/** A package above this is too large to be installed on a whim. */
export const VSIX_BYTES_MAX = 2_000_000;

/** What the extension cannot run without, beside what its manifest names. */
const NEEDED = ["package.json", "dist/kgroot.mjs", "dist/agent-keeper.cjs", "dist/webview/main.js", "samples/bad-rollout.jsonl.gz"];

const CENTRAL_HEADER = 0x02_01_4b_50;
const END_HEADER = 0x06_05_4b_50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;

/** Names of the files in a zip archive. Throws an Error when it is none. */
export function filesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.length < end + END_BYTES || zip.readUInt32LE(end) !== END_HEADER) throw new Error("this is no zip archive");
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error("the zip archive's directory is broken");
    const nameBytes = zip.readUInt16LE(at + 28);
    names.push(zip.toString("utf8", at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    at += CENTRAL_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

/** What is wrong with a package; nothing when it may be shipped. `named`: files that the manifest names. */
export function packageComplaints(zip: Buffer, named: readonly string[]): string[] {
  const files = new Set(filesInZip(zip));
  const wrong = (pattern: RegExp, why: string) => [...files].filter((file) => pattern.test(file)).map((file) => `${file}: ${why}`);
  const missing = [...NEEDED, ...named].map((file) => `extension/${file.replace(/^\.\//, "")}`).filter((file) => !files.has(file));
  const large = zip.length >= VSIX_BYTES_MAX ? [`${zip.length} bytes: more than ${VSIX_BYTES_MAX}`] : [];
  return [
    ...large,
    ...missing.map((file) => `${file}: is missing`),
    ...wrong(/\.(?:node|so|dylib|dll)$/, "a native module runs on one platform only"),
    ...wrong(/\.map$/, "source maps are not shipped"),
    ...wrong(/^extension\/(?:agent|extension|test|node_modules)\//, "sources are not shipped"),
  ];
}
