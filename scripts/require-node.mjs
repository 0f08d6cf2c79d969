// Stops with an explanation when the Node that npm scripts run is too old; written so that an old Node can read it.
const [major] = process.versions.node.split(".").map(Number);

if (major < 24) {
  console.error(
    [
      `kgroot is built and tested with Node 24, but this is Node ${process.versions.node} (${process.execPath}).`,
      "The `node` package among the development dependencies brings Node 24 by its install script.",
      "If packages were installed with --ignore-scripts, that script did not run: run `npm ci` without it, or `npm rebuild node`.",
      "Outside npm scripts, put node_modules/.bin first in PATH.",
    ].join("\n"),
  );
  process.exit(1);
}
