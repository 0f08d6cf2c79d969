// What belongs together, what started it, and what becomes of it: incidents as they form, meet, are judged, heal and come back.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incident } from "../../../agent/domain/incident.ts";
import type { SourceRecord } from "../../../agent/sources/port.ts";
import { type PipelineUnderTest, rowsOf, startPipeline } from "../../kit/run-pipeline.ts";

const BEGIN_MS = Date.UTC(2026, 2, 2, 9);

type Told = SourceRecord["body"];

/** A record so many minutes in. */
function record(minutes: number, body: Told): SourceRecord {
  return { origin: { source: "test" }, cluster: "test", atMs: BEGIN_MS + minutes * 60_000, body };
}

/** Something that happened to a pod: `reason` is also the id when none is given. */
function event(
  minutes: number,
  pod: string,
  reason: string,
  more: { readonly id?: string; readonly severity?: string } = {},
): SourceRecord {
  const { id = `${reason}@${pod}@${minutes}`, severity = "ERROR" } = more;
  const event_time = new Date(BEGIN_MS + minutes * 60_000).toISOString();
  return record(minutes, {
    kind: "episode",
    value: {
      event_id: id,
      event_time,
      etype: "k8s.event",
      severity,
      reason,
      message: `${reason} of ${pod}`,
      subject: { kind: "Pod", ns: "shop", name: pod },
    },
  });
}

function edge(minutes: number, from: string, type: string, to: string): SourceRecord {
  return record(minutes, {
    kind: "edge",
    value: { op: "UPSERT", at: new Date(BEGIN_MS + minutes * 60_000).toISOString(), from, to, type },
  });
}

function alert(minutes: number, pod: string, status: "firing" | "resolved", since = minutes): SourceRecord {
  const time = (at: number) => new Date(BEGIN_MS + at * 60_000).toISOString();
  const labels = { alertname: "KubePodCrashLooping", severity: "critical", namespace: "shop", pod };
  return record(minutes, {
    kind: "alert",
    value: { status, startsAt: time(since), ...(status === "resolved" ? { endsAt: time(minutes) } : {}), labels },
  });
}

async function told(
  records: readonly SourceRecord[],
): Promise<PipelineUnderTest & { incidents(): Promise<readonly Incident[]>; tell(more: readonly SourceRecord[]): Promise<void> }> {
  const under = await startPipeline();
  const tell = async (more: readonly SourceRecord[]) => void (await under.pipeline.accept(more));
  await tell(records);
  return { ...under, tell, incidents: async () => (await rowsOf(under.store)).incidents };
}

/** Time that passes without anything of note. */
const quiet = (minutes: number) => event(minutes, "bystander", "Started", { severity: "INFO" });

test("one fault with many symptoms is one incident, rooted in what explains the others", async () => {
  const pods = ["web-1", "web-2", "web-3"];
  const { incidents } = await told([
    ...pods.map((pod) => edge(0, `pod:shop:${pod}`, "RUNS_ON", "node:n1")),
    record(1, {
      kind: "episode",
      value: {
        event_id: "down",
        event_time: new Date(BEGIN_MS + 60_000).toISOString(),
        etype: "k8s.event",
        severity: "ERROR",
        reason: "NodeNotReady",
        message: "down",
        subject: { kind: "Node", name: "n1" },
      },
    }),
    ...pods.map((pod) => event(2, pod, "Evicted")),
  ]);
  const [incident, ...others] = await incidents();
  assert.equal(others.length, 0);
  assert.equal(incident?.verdict.rootCause?.subject.name, "n1");
  assert.deepEqual(
    incident?.verdict.causes.map(({ reason, rejectedBecause }) => [reason, rejectedBecause]),
    [["NodeNotReady", undefined], ...pods.map(() => ["Evicted", "it is itself explained by Node n1 (NodeNotReady)"])],
  );
  assert.deepEqual(
    incident?.verdict.path.map(({ from, to }) => [from.name, to.name]),
    [["n1", incident.verdict.path[0]?.to.name]],
  );
  assert.equal(incident?.verdict.firstCriticalFailure, "down");
});

test("two faults that have nothing to do with each other are two incidents, each with its own root", async () => {
  const { incidents } = await told([
    event(0, "web", "OOMKilled"),
    event(1, "web", "CrashLoopBackOff"),
    event(1, "db", "ImagePullBackOff"),
    event(2, "db", "ErrImagePull"),
  ]);
  const roots = (await incidents()).map(({ verdict }) => verdict.rootCause?.subject.name).sort();
  assert.deepEqual(roots, ["db", "web"]);
});

test("warnings make no incident; repeated often enough they do", async () => {
  const warning = (at: number) => event(at, "web", "Unhealthy", { severity: "WARNING" });
  const { incidents, tell } = await told([warning(0), warning(1)]);
  assert.deepEqual(await incidents(), []);
  await tell([warning(2)]);
  assert.equal((await incidents())[0]?.severity, "ERROR");
});

test("like failures of one workload within 15 minutes are one incident by time and place, later ones another", async () => {
  const owned = (pod: string) => edge(0, "statefulset:shop:db", "CONTROLS", `pod:shop:${pod}`);
  const { incidents } = await told([
    owned("db-0"),
    owned("db-1"),
    event(1, "db-0", "Evicted"),
    event(14, "db-1", "Failed"),
    event(40, "db-0", "Failed"),
  ]);
  assert.deepEqual((await incidents()).map(({ episodes }) => episodes.length).sort(), [1, 2]);
});

test("a link that comes late joins two incidents; the older id stays and answers for the other", async () => {
  const { incidents, store, tell } = await told([
    record(0, {
      kind: "episode",
      value: {
        event_id: "down",
        event_time: new Date(BEGIN_MS).toISOString(),
        etype: "k8s.event",
        severity: "ERROR",
        reason: "NodeNotReady",
        message: "down",
        subject: { kind: "Node", name: "n1" },
      },
    }),
    event(1, "web", "Evicted"),
  ]);
  const before = await incidents();
  const ids = new Map(before.map(({ id, firstMs }) => [firstMs, id]));
  assert.equal(before.length, 2);
  const removed: unknown[] = [];
  await tell([edge(2, "pod:shop:web", "RUNS_ON", "node:n1"), quiet(2)]);
  const [joined, ...others] = await incidents();
  assert.deepEqual([joined?.id, joined?.aliases, others, removed], [ids.get(BEGIN_MS), [ids.get(BEGIN_MS + 60_000)], [], []]);
  assert.equal((await store.findIncidents(String(ids.get(BEGIN_MS + 60_000))))[0]?.id, joined?.id);
});

test("an earlier symptom that arrives late makes the incident older, under an id that answers to the former one", async () => {
  const { incidents, tell } = await told([event(5, "web", "CrashLoopBackOff")]);
  const [before] = await incidents();
  await tell([event(3, "web", "OOMKilled")]);
  const [after, ...others] = await incidents();
  assert.equal(others.length, 0);
  assert.deepEqual([after?.firstMs, after?.aliases], [BEGIN_MS + 3 * 60_000, [before?.id]]);
});

test("with too little to go on no root cause is named, but the likeliest is", async () => {
  const { incidents } = await told([event(0, "web", "ReplicasUnavailable")]);
  const [incident] = await incidents();
  assert.equal(incident?.verdict.rootCause, undefined);
  assert.equal(incident?.verdict.confidence, 0);
  assert.match(incident?.verdict.title ?? "", /root cause not sure/);
  assert.match(incident?.verdict.summary ?? "", /likeliest start is Pod shop\/web/);
});

test("what could not be seen is said with the verdict, and not any more once it can be", async () => {
  const gap = (minutes: number, text: string | undefined) => record(minutes, { kind: "gap", key: "rbac:secrets", text });
  const { incidents, tell } = await told([gap(0, "Secrets may not be listed"), event(1, "web", "CrashLoopBackOff")]);
  const gaps = async () => (await incidents())[0]?.verdict.evidenceGaps ?? [];
  assert.ok((await gaps()).includes("Secrets may not be listed"));
  assert.ok((await gaps()).some((text) => text.startsWith("nothing was watched before 2026-03-02T09:00:00")));
  assert.ok((await gaps()).some((text) => text.startsWith("no log lines of Pod shop/web")));
  await tell([gap(2, undefined), event(3, "web", "CrashLoopBackOff")]);
  assert.ok(!(await gaps()).includes("Secrets may not be listed"));
});

test("an incident is resolved five minutes after its condition has cleared, and opens again when it comes back", async () => {
  const { incidents, tell } = await told([alert(0, "web", "firing")]);
  const state = async () => (await incidents()).map((incident) => [incident.state, incident.resolvedMs]);
  await tell([quiet(60)]);
  assert.deepEqual(await state(), [["open", undefined]]);
  await tell([alert(61, "web", "resolved", 0), quiet(64)]);
  assert.deepEqual(await state(), [["open", undefined]]);
  await tell([quiet(66.2)]);
  assert.deepEqual(await state(), [["resolved", BEGIN_MS + 61 * 60_000]]);
  const [before] = await incidents();
  await tell([alert(65, "web", "firing")]);
  assert.deepEqual([await state(), (await incidents())[0]?.id], [[["open", undefined]], before?.id]);
});

test("a muted root cause marks its incident and leaves it out of lists; without the rule it is back", async () => {
  const { incidents, store, pipeline } = await told([event(0, "web", "OOMKilled"), event(1, "web", "CrashLoopBackOff")]);
  const shown = async () => (await store.incidents({ limit: 10 })).rows.length;
  assert.equal(await shown(), 1);
  await store.putMute({ id: "m1", kind: "Pod", namespace: "shop", reason: "OOMKilled", comment: "known", createdAtMs: BEGIN_MS });
  await pipeline.refreshMutes();
  assert.deepEqual([(await incidents())[0]?.mutedBy, await shown()], ["m1", 0]);
  await store.removeMute("m1");
  await pipeline.refreshMutes();
  assert.deepEqual([(await incidents())[0]?.mutedBy, await shown()], [undefined, 1]);
});

test("an incident that somebody looks after stays so while it grows, not when it has resolved and comes back", async () => {
  const { incidents, tell, pipeline } = await told([alert(0, "web", "firing")]);
  const [first] = await incidents();
  const since = async () => (await incidents())[0]?.acknowledgedMs;
  await pipeline.acknowledge("elsewhere", first?.id ?? "", true);
  assert.equal(await since(), undefined, "another cluster's incident of that id");
  await pipeline.acknowledge("test", first?.id ?? "", true);
  const at = await since();
  assert.ok(at !== undefined);
  await tell([event(1, "web", "CrashLoopBackOff")]);
  assert.equal(await since(), at);
  await pipeline.acknowledge("test", first?.id ?? "", false);
  assert.equal(await since(), undefined);
  await pipeline.acknowledge("test", first?.id ?? "", true);
  await tell([alert(61, "web", "resolved", 0), quiet(80)]);
  assert.equal((await incidents())[0]?.state, "resolved");
  assert.equal(await since(), undefined);
  await tell([alert(81, "web", "firing")]);
  assert.deepEqual([(await incidents()).map(({ state }) => state).includes("open"), await since()], [true, undefined]);
});

test("a mute rule that is over, or about something else, mutes nothing", async () => {
  const under = await startPipeline();
  const rule = { kind: "Pod", reason: "OOMKilled", comment: "", createdAtMs: BEGIN_MS };
  await under.store.putMute({ ...rule, id: "over", untilMs: BEGIN_MS - 1 });
  await under.store.putMute({ ...rule, id: "elsewhere", namespace: "other" });
  await under.store.putMute({ ...rule, id: "other-cluster", cluster: "lab" });
  await under.pipeline.refreshMutes();
  await under.pipeline.accept([event(0, "web", "OOMKilled"), event(1, "web", "CrashLoopBackOff")]);
  assert.equal((await rowsOf(under.store)).incidents[0]?.mutedBy, undefined);
});

test("a new incident names past ones like it, the likest first, with what was said of them; two of one moment do not name each other", async () => {
  const crash = (minutes: number, pod: string) => [event(minutes, pod, "OOMKilled"), event(minutes + 1, pod, "CrashLoopBackOff")];
  const { incidents, store, tell } = await told([...crash(0, "web"), ...crash(0, "db")]);
  const byPod = async (pod: string, firstMinute: number) =>
    (await incidents()).find(
      ({ verdict, firstMs }) => verdict.rootCause?.subject.name === pod && firstMs === BEGIN_MS + firstMinute * 60_000,
    );
  const [web, db] = [await byPod("web", 0), await byPod("db", 0)];
  assert.deepEqual([web?.similar, db?.similar], [[], []]);
  assert.ok(web?.verdict.rootCause);
  await store.putFeedback({
    cluster: "test",
    incident: web.id,
    rid: web.verdict.rootCause.rid,
    reason: "OOMKilled",
    verdict: "confirmed",
    confidence: 0.9,
    atMs: BEGIN_MS,
  });
  await tell([quiet(200), ...crash(200, "web")]);
  const again = await byPod("web", 200);
  assert.deepEqual(
    again?.similar.map(({ id, score, confirmed }) => [id, score, confirmed]),
    [
      [web.id, 1, true],
      [db?.id, 0.8, undefined],
    ],
  );
});

test("every cluster is a world of its own", async () => {
  const under = await startPipeline();
  const elsewhere = (one: SourceRecord): SourceRecord => ({ ...one, cluster: "lab" });
  await under.pipeline.accept([edge(0, "pod:shop:web", "RUNS_ON", "node:n1"), event(1, "web", "Evicted")]);
  await under.pipeline.accept([elsewhere(event(0, "web", "OOMKilled")), elsewhere(event(1, "web", "CrashLoopBackOff"))]);
  const { incidents, links } = await rowsOf(under.store);
  assert.deepEqual(incidents.map(({ cluster, episodes }) => [cluster, episodes.length]).sort(), [
    ["lab", 2],
    ["test", 1],
  ]);
  assert.deepEqual(
    links.map(({ cluster }) => cluster),
    ["lab"],
  );
});

test("listeners are told of what changed, once it is stored", async () => {
  const under = await startPipeline();
  const heard: string[] = [];
  const stop = under.pipeline.subscribe(({ incidents, removed }) =>
    heard.push(...incidents.map(({ id }) => id), ...removed.map(({ id, mergedInto }) => `${id} into ${mergedInto}`)),
  );
  await under.pipeline.accept([event(5, "web", "CrashLoopBackOff")]);
  const [first] = heard;
  assert.equal((await under.store.findIncidents(String(first)))[0]?.id, first);
  await under.pipeline.accept([event(3, "web", "OOMKilled")]);
  assert.deepEqual(
    heard.slice(1).map((line) => line.replace(String(first), "former")),
    [heard[1], `former into ${heard[1]}`],
  );
  stop();
  await under.pipeline.accept([event(6, "web", "Evicted")]);
  assert.equal(heard.length, 3);
});
