// The list of incidents: pages, live changes, filters, and an order that does not jump.
import assert from "node:assert/strict";
import test from "node:test";
import {
  EMPTY_LIST,
  type Filters,
  type IncidentList,
  incidentKey,
  listParams,
  shownIncidents,
  withChanges,
  withPage,
} from "../../webview/incident-list.ts";
import { incident } from "../kit/wire-builders.ts";

const BASE = Date.parse("2026-06-03T08:00:00.000Z");

function listOf(ids: readonly string[], filters: Partial<Filters> = {}): IncidentList {
  const list = withPage(EMPTY_LIST, { incidents: ids.map((id) => incident(id, BASE)) }, true);
  return { ...list, filters: { ...list.filters, ...filters } };
}

const idsOf = (list: IncidentList, selected?: string): string[] => shownIncidents(list, selected).map((one) => one.id);
const key = (id: string): string => incidentKey({ id, cluster: "prod" });

test("a further page goes to the end, a fresh one replaces all", () => {
  const first = withPage(EMPTY_LIST, { incidents: [incident("a", BASE)], next_cursor: "c1" }, true);
  assert.equal(first.cursor, "c1");
  const both = withPage(first, { incidents: [incident("a", BASE), incident("b", BASE)] }, false);
  assert.deepEqual(idsOf(both), ["a", "b"]);
  assert.equal(both.cursor, undefined);
  assert.deepEqual(idsOf(withPage(both, { incidents: [incident("c", BASE)] }, true)), ["c"]);
});

test("a changed incident stays in its place, a new one goes on top, a merged one leaves", () => {
  const changed = withChanges(listOf(["a", "b", "c"]), {
    changed: [incident("c", BASE, { title: "worse" }), incident("new", BASE)],
    removed: [{ id: "a", cluster: "prod", merged_into: "b" }],
  });
  assert.deepEqual(idsOf(changed), ["new", "b", "c"]);
  assert.equal(changed.incidents.get(key("c"))?.title, "worse");
});

test("equal ids in two clusters are two incidents", () => {
  const list = withChanges(listOf(["a"]), { changed: [incident("a", BASE, { cluster: "test" })], removed: [] });
  assert.equal(shownIncidents(list, undefined).length, 2);
  assert.equal(shownIncidents({ ...list, filters: { ...list.filters, cluster: "test" } }, undefined).length, 1);
});

test("an incident that is resolved leaves the list of open ones, unless it is the one being read", () => {
  const list = withChanges(listOf(["a", "b"]), { changed: [incident("a", BASE, { state: "resolved" })], removed: [] });
  assert.deepEqual(idsOf(list), ["b"]);
  assert.deepEqual(idsOf(list, key("a")), ["a", "b"]);
});

test("filters and words narrow the list", () => {
  const list = withPage(
    EMPTY_LIST,
    {
      incidents: [
        incident("a", BASE, { title: "Checkout crash-loops", severity: "FATAL" }),
        incident("b", BASE, { namespaces: ["edge"], muted_by: "m1" }),
        incident("c", BASE, { namespaces: ["edge"] }),
      ],
    },
    true,
  );
  const shown = (part: Partial<Filters>): string[] => idsOf({ ...list, filters: { ...list.filters, ...part } });
  assert.deepEqual(shown({}), ["a", "c"]);
  assert.deepEqual(shown({ muted: true }), ["a", "b", "c"]);
  assert.deepEqual(shown({ text: "crash CHECKOUT" }), ["a"]);
  assert.deepEqual(shown({ severity: "FATAL" }), ["a"]);
  assert.deepEqual(shown({ namespace: "edge" }), ["c"]);
  assert.deepEqual(shown({ state: "resolved" }), []);
  assert.deepEqual(list.namespaces, ["edge", "shop"]);
});

test("only what the reader asked for is asked of the agent", () => {
  assert.deepEqual(listParams(EMPTY_LIST.filters), { limit: 50, state: "open" });
  assert.deepEqual(listParams({ ...EMPTY_LIST.filters, state: "all", namespace: "shop", muted: true }, "c1"), {
    limit: 50,
    namespace: "shop",
    include_muted: true,
    cursor: "c1",
  });
});

test("the list is bounded", () => {
  const many = Array.from({ length: 2100 }, (_, index) => incident(`i${index}`, BASE));
  const list = withChanges(EMPTY_LIST, { changed: many, removed: [] });
  assert.equal(list.order.length, 2000);
  assert.equal(list.incidents.size, 2000);
});
