// The document around the built page: a strict content security policy, and the route that the page starts at.

/** Addresses as the webview reaches them. `source` is the webview's own origin for the policy. */
export type PageAddresses = { readonly source: string; readonly style: string; readonly script: string };

/** The HTML. `nonce` must be new each time. */
export function pageHtml({ source, style, script }: PageAddresses, nonce: string, hash: string): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `img-src ${source} data:`,
    `font-src ${source}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>kgroot</title>
    <link rel="stylesheet" href="${attribute(style)}" />
    <style nonce="${nonce}">${ONE_INCIDENT}</style>
    <script nonce="${nonce}">${START}(${scriptText(hash)});</script>
    <script nonce="${nonce}" type="module" src="${attribute(script)}"></script>
  </head>
  <body>
    <div id="app"></div>
  </body>
</html>
`;
}

/** Starts the page at a route, and keeps it as the panel's state at once: a reload must find it even if the page never went anywhere else. The door to VS Code may be asked for only once. */
const START = `((hash) => {
  history.replaceState(null, "", hash);
  const api = acquireVsCodeApi();
  api.setState({ hash });
  globalThis.acquireVsCodeApi = () => api;
})`;

/** The list of incidents is the tree beside the editor: the panel shows one incident. */
const ONE_INCIDENT = ".columns { grid-template-columns: minmax(0, 1fr); } .side, .back { display: none; }";

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** A string literal that cannot end the script element. */
function scriptText(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
