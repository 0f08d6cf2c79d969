// The graph of an incident beyond what fits: what must be seen stays, what is cut is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wireIncidentGraph } from "../../../agent/api/to-wire/incident-graph.ts";
import { subjectFromRid } from "../../../agent/api/to-wire/subject.ts";
import { linkScore } from "../../../agent/domain/causal-link.ts";
import { type EpisodeId, resourceId, stubId } from "../../../agent/domain/identity.ts";
import type { Severity } from "../../../agent/domain/severity.ts";
import { BEGAN_MS, episode, incident } from "../../kit/fake-services.ts";

function graph(nodesMax: number) {
  const node = (eid: string, severity: Severity, minute: number) =>
    episode({ eid: eid as EpisodeId, severity, rid: resourceId("Pod", eid), firstMs: BEGAN_MS + minute * 60_000 });
  const episodes = [
    node("info", "INFO", 1),
    node("late-fatal", "FATAL", 9),
    node("early-fatal", "FATAL", 2),
    node("crash-1", "ERROR", 3),
    episode(),
  ];
  const link = (cause: string, effect: string) => ({
    ...linkScore(1, 0, 0.5),
    cluster: "prod",
    cause: cause as EpisodeId,
    effect: effect as EpisodeId,
    hops: 0,
    ruleId: "r",
    path: [],
  });
  return wireIncidentGraph({
    incident: incident(),
    episodes,
    links: [link("change-1", "crash-1"), link("crash-1", "early-fatal"), link("info", "crash-1"), link("unknown", "crash-1")],
    subjectOf: (rid) => subjectFromRid("prod", rid),
    sentenceOf: () => "because",
    nodesMax,
  });
}

test("root cause, what it explains, then the worst and the earliest; links to what is cut go with it", () => {
  const cut = graph(3);
  assert.deepEqual(
    cut.nodes.map(({ event_id, role }) => [event_id, role]),
    [
      ["change-1", "root_cause"],
      ["crash-1", "cause"],
      ["early-fatal", "symptom"],
    ],
  );
  assert.deepEqual(
    cut.links.map(({ cause, effect }) => `${cause} ${effect}`),
    ["change-1 crash-1", "crash-1 early-fatal"],
  );
  assert.deepEqual(
    cut.timeline.map(({ event_id }) => event_id),
    ["change-1", "early-fatal", "crash-1"],
  );
  assert.equal(cut.truncated, true);
});

test("all of it fits: nothing is said to be cut, and a cause that nobody named is a cause", () => {
  const whole = graph(10);
  assert.deepEqual([whole.nodes.length, whole.links.length, whole.truncated], [5, 3, false]);
  assert.equal(whole.nodes.find(({ event_id }) => event_id === "info")?.role, "cause");
});

test("a resource of which nothing is stored any more is named by its rid", () => {
  const { kind, namespace, name } = subjectFromRid("prod", stubId("Pod", "shop", "web:1"));
  assert.deepEqual([kind, namespace, name], ["pod", "shop", "web:1"]);
  assert.deepEqual(subjectFromRid("prod", stubId("Node", undefined, "n")).name, "n");
});
