// What passes between a page and the extension: messages, routes, links, and the document around the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deepLink, refOfLink, refOfRoute, routeOf } from "../../extension/panels/incident-ref.ts";
import { pageHtml } from "../../extension/panels/page-html.ts";
import { parsePageMessage } from "../../extension/panels/page-messages.ts";

test("a page may only say what it is allowed to say", () => {
  assert.deepEqual(parsePageMessage({ type: "call", id: 1, method: "incidents/graph", params: { id: "x" } }), {
    type: "call",
    id: 1,
    method: "incidents/graph",
    params: { id: "x" },
  });
  assert.deepEqual(parsePageMessage({ type: "copy", text: "kubectl", more: 1 }), { type: "copy", text: "kubectl" });
  const refused = [
    undefined,
    "ready",
    {},
    { type: "call", id: 1, method: "admin/cleanup", params: {} },
    { type: "call", id: 1, method: "constructor", params: {} },
    { type: "call", id: "1", method: "incidents/list" },
    { type: "copy", text: 1 },
    { type: "save", name: "x", mime: "text/plain" },
    { type: "eval", text: "1" },
  ];
  for (const value of refused) assert.equal(parsePageMessage(value), undefined, JSON.stringify(value));
});

test("a route and a link lead back to their incident, whatever its id and cluster hold", () => {
  for (const ref of [
    { id: "6a7b", cluster: "demo" },
    { id: "a/b&c=d%", cluster: "x y/&z#?" },
    { id: "6a7b", cluster: undefined },
  ]) {
    assert.deepEqual(refOfRoute(routeOf(ref)), ref);
    const link = new URL(deepLink("vscode", "kgroot.kgroot", { ...ref, id: "6a7b" }));
    assert.equal(link.host, "kgroot.kgroot");
    assert.deepEqual(refOfLink(decodeURIComponent(link.pathname), link.search.slice(1)), { ...ref, id: "6a7b" });
  }
  assert.deepEqual(refOfRoute("#/incident/6a7b/timeline&cluster=demo"), { id: "6a7b", cluster: "demo" });
  for (const hash of ["#/", "", "#/incident/", 7, undefined, `#/incident/${"x".repeat(300)}`, "#/incident/%E0%A4%A"])
    assert.equal(refOfRoute(hash), undefined);
  for (const path of ["/", "/incident", "/incident/", "/incident/a/b", "/other/a"]) assert.equal(refOfLink(path, ""), undefined);
});

test("the document lets in only the page's own script and style, and no route can break out of it", () => {
  const html = pageHtml(
    { source: "https://own.test", style: 'https://own.test/a"b.css', script: "https://own.test/main.js" },
    "N0NCE",
    "#/</script><script>alert(1)</script>",
  );
  assert.match(html, /content="default-src 'none'; script-src 'nonce-N0NCE'; style-src https:\/\/own\.test 'nonce-N0NCE'; /);
  assert.equal(html.match(/<script/g)?.length, 2);
  for (const [tag] of html.matchAll(/<(?:script|style)[^>]*>/g)) assert.match(tag, /nonce="N0NCE"/);
  assert.ok(html.includes("a&quot;b.css"));
  assert.ok(!/unsafe/.test(html));
});
