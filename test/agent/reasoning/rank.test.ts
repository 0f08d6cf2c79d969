// Which member of an incident is ranked first, and how sure that is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Episode } from "../../../agent/domain/episode.ts";
import type { EpisodeId, ResourceId } from "../../../agent/domain/identity.ts";
import { type Hypothesis, rank } from "../../../agent/reasoning/rank.ts";
import { episode, finding } from "../../kit/graph-builders.ts";

function ranked(episodes: readonly Episode[], isOver: (episode: Episode) => boolean): readonly Hypothesis[] {
  const members = {
    episodes: new Map<EpisodeId, Episode>(episodes.map((one) => [one.eid, one])),
    causesOf: () => [],
    effectsOf: () => [],
    isOver,
  };
  return rank(members, (rid) => rid);
}

const account = episode("old", {
  rid: "replicaset:shop:web" as ResourceId,
  etype: "k8s.event",
  reason: "MissingServiceAccount",
  severity: "ERROR",
  holds: false,
});
const image = finding("now", { rid: "pod:shop:web-1" as ResourceId, reason: "ErrImagePull", severity: "ERROR" });

test("trouble that is over does not outrank trouble that still shows", () => {
  const leads = (isOver: (one: Episode) => boolean) => ranked([account, image], isOver).map(({ lead }) => lead.reason);
  assert.equal(leads(() => false)[0], "MissingServiceAccount");
  assert.equal(leads((one) => one.eid === account.eid)[0], "ErrImagePull");
});

test("a thing that rarely starts failures is named with little confidence, one that does with much", () => {
  const alone = (one: Episode) => ranked([one], () => false)[0]?.confidence ?? 0;
  const logged = episode("log", { etype: "k8s.log", reason: "LogError", severity: "ERROR", holds: false });
  assert.ok(alone(logged) < 0.4, String(alone(logged)));
  assert.ok(alone(account) > 0.8, String(alone(account)));
});
