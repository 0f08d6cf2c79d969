// The package check finds what must not be shipped, and lets a sound package through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { filesInZip, packageComplaints, VSIX_BYTES_MAX } from "../../scripts/vsix.ts";

/** A zip archive of empty files with these names; only what its directory says is read. */
function zip(names: readonly string[], padding = 0): Buffer {
  const entries = names.map((name) => {
    const entry = Buffer.alloc(46 + Buffer.byteLength(name));
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.write(name, 46);
    return entry;
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(padding, 16);
  return Buffer.concat([Buffer.alloc(padding), ...entries, end]);
}

const SOUND = [
  "extension.vsixmanifest",
  "extension/package.json",
  "extension/dist/kgroot.mjs",
  "extension/dist/agent-keeper.cjs",
  "extension/dist/webview/main.js",
  "extension/dist/extension.cjs",
  "extension/samples/bad-rollout.jsonl.gz",
];

const check = (names: readonly string[], padding?: number) => packageComplaints(zip(names, padding), ["./dist/extension.cjs"]);

test("a sound package has no complaint", () => {
  assert.deepEqual(filesInZip(zip(SOUND)), SOUND);
  assert.deepEqual(check(SOUND), []);
});

test("a missing, a native, a left-over and a large one are told", () => {
  assert.deepEqual(check(SOUND.filter((name) => !name.endsWith("kgroot.mjs"))), ["extension/dist/kgroot.mjs: is missing"]);
  assert.match(check([...SOUND, "extension/dist/sqlite.node"]).join(), /sqlite\.node: a native module/);
  assert.match(check([...SOUND, "extension/dist/kgroot.mjs.map"]).join(), /kgroot\.mjs\.map: source maps/);
  assert.match(check([...SOUND, "extension/node_modules/ws/index.js"]).join(), /sources are not shipped/);
  assert.match(check(SOUND, VSIX_BYTES_MAX).join(), /bytes: more than/);
});

test("what is no archive is refused", () => {
  assert.throws(() => filesInZip(Buffer.from("not a zip")), /no zip archive/);
});
