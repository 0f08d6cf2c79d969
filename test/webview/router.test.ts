// The fragment of the address: route, cluster and token.
import assert from "node:assert/strict";
import test from "node:test";
import { formatHash, parseHash } from "../../webview/router.ts";

test("a route survives the address, whatever is in its id", () => {
  for (const id of ["inc-1", "a/b&c=d", "100 %", "ünï#code"]) {
    const route = { incident: id, cluster: "prod & co", section: "causes" } as const;
    assert.deepEqual(parseHash(formatHash(route)).route, route);
  }
});

test("the token is read beside a route in any order, and never written", () => {
  assert.deepEqual(parseHash("#token=s%2Fcret"), { route: { section: "graph" }, token: "s/cret" });
  assert.deepEqual(parseHash("#token=s3cret&/incident/i1/timeline"), { route: { incident: "i1", section: "timeline" }, token: "s3cret" });
  assert.deepEqual(parseHash("#/incident/i1&token=s3cret"), { route: { incident: "i1", section: "graph" }, token: "s3cret" });
  assert.equal(formatHash({ incident: "i1", section: "graph" }), "#/incident/i1");
});

test("a fragment that is none is the start page", () => {
  for (const hash of ["", "#", "#main", "#/incident/", "#/other/x"]) assert.deepEqual(parseHash(hash), { route: { section: "graph" } });
  assert.deepEqual(parseHash("#/incident/50%"), { route: { incident: "50%", section: "graph" } });
});
