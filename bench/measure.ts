// One measurement each, made in a process of its own: bench.ts starts it and reads the answer.
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

import type { EpisodeId } from "../agent/domain/identity.ts";
import type { Resource } from "../agent/domain/resource.ts";
import { DEFAULT_REASONING } from "../agent/domain/settings.ts";
import { answerRca } from "../agent/operations/rca.ts";
import type { SourceRecord } from "../agent/sources/port.ts";
import { BATCH, type Feed, LIVE_BATCH, openFeed } from "./feed.ts";
import { randomFrom } from "./mix/random.ts";
import { makeStream, STREAM_STARTS_MS } from "./mix/stream.ts";
import { writePast } from "./past.ts";

/** How much of everything. */
export type Sizes = {
  readonly resources: number;
  /** Records measured, and records before them that only warm the process up. */
  readonly records: number;
  readonly warmUp: number;
  readonly manyEpisodes: number;
  readonly storedEpisodes: number;
  readonly windowEpisodes: number;
  readonly questions: number;
};

/** The sizes of the bars. */
export const FULL: Sizes = {
  resources: 10_000,
  records: 200_000,
  warmUp: 30_000,
  manyEpisodes: 1_000_000,
  storedEpisodes: 300_000,
  windowEpisodes: 100_000,
  questions: 2_000,
};

/** Sizes that show that it works, and nothing about speed. */
export const QUICK: Sizes = {
  resources: 200,
  records: 2_000,
  warmUp: 1_000,
  manyEpisodes: 2_000,
  storedEpisodes: 2_000,
  windowEpisodes: 1_500,
  questions: 50,
};

/** A share of the stored episodes that lies within the window, where a start must read them. */
const IN_WINDOW = 0.1;

/** Records that are made up at once, before they are fed. */
const ROUND = 10 * BATCH;

/** A prepared store begins this long before the stream that is measured. */
const PREPARED_MS = 70_000;

/** Figures by name. */
export type Measured = Readonly<Record<string, number>>;

/** Fills a new store: the cluster as it is at first, and a past of `count` episodes; `recent`: a tenth of them in the window, and some real trouble. */
export async function prepare(path: string, sizes: Sizes, count: number, recent: boolean): Promise<Measured> {
  const stream = makeStream(sizes.resources, STREAM_STARTS_MS - PREPARED_MS);
  const feed = await openFeed(path, stream.nowMs);
  await feed.pipeline.load();
  await feed.give(stream.initial());
  // After a minute the pipeline says how far back its memory reaches, as it would have after a week.
  stream.rest(PREPARED_MS - 1_000);
  await feed.give(stream.take(100));
  const random = randomFrom(7);
  const about: Resource[] = [];
  for await (const part of feed.store.loadWorkingSet("prod", 0)) about.push(...part.resources);
  const inWindow = recent ? Math.round(count * IN_WINDOW) : 0;
  const windowMs = 2 * DEFAULT_REASONING.windowMs;
  await writePast(feed.store, random, about, { count: count - inWindow, untilMs: STREAM_STARTS_MS - windowMs - 60_000 });
  if (recent) {
    await writePast(feed.store, random, about, { count: inWindow, untilMs: STREAM_STARTS_MS, spanMs: windowMs / 2 });
    await feed.give(stream.take(sizes.warmUp));
  }
  const { episodes } = await feed.store.stats();
  await feed.close();
  return { episodes, atMs: stream.nowMs() };
}

/** Records a second on the store at `path`, which may hold a past. */
export async function measureRate(path: string, sizes: Sizes): Promise<Measured> {
  const stream = makeStream(sizes.resources);
  const feed = await openFeed(path, stream.nowMs);
  await feed.pipeline.load();
  await feed.give(stream.initial());
  await feed.give(stream.take(sizes.warmUp));
  let acceptMs = 0;
  let parseMs = 0;
  for (let done = 0; done < sizes.records; done += ROUND) {
    const took = await feed.give(stream.take(ROUND));
    acceptMs += took.acceptMs;
    parseMs += took.parseMs;
  }
  const { episodes, incidents, links } = await feed.store.stats();
  await feed.close();
  const count = Math.ceil(sizes.records / ROUND) * ROUND;
  return { rate: (count * 1_000) / acceptMs, rateFromText: (count * 1_000) / (acceptMs + parseMs), episodes, incidents, links };
}

/** Writes the records that the memory is measured with, as JSON lines: whoever makes them up is not to be measured too. */
export async function recordForMemory(path: string, sizes: Sizes): Promise<Measured> {
  const stream = makeStream(sizes.resources);
  const file = createWriteStream(path);
  const phases = [
    stream.initial(),
    takenBy(sizes.warmUp, stream.take),
    takenBy(sizes.windowEpisodes, stream.takeNewEvents),
    takenBy(sizes.warmUp, stream.take),
  ];
  let lines = 0;
  for (const records of phases)
    for (const record of records) {
      lines += 1;
      if (!file.write(`${JSON.stringify(record)}\n`)) await once(file, "drain");
    }
  file.end();
  await once(file, "close");
  return { lines, untilMs: stream.nowMs() };
}

function* takenBy(count: number, take: (count: number) => readonly SourceRecord[]): Generator<SourceRecord> {
  for (let done = 0; done < count; done += BATCH) yield* take(Math.min(BATCH, count - done));
}

/** The most memory the process held while records came as to a live agent, with the window full. `path`: the store; the records lie beside it. */
export async function measureMemory(path: string, sizes: Sizes): Promise<Measured> {
  let nowMs = STREAM_STARTS_MS;
  const feed = await openFeed(path, () => nowMs);
  await feed.pipeline.load();
  let batch: SourceRecord[] = [];
  let rss = 0;
  const counts = { lines: 0, episodes: 0, resources: 0 };
  const give = async (): Promise<void> => {
    nowMs = batch.at(-1)?.atMs ?? nowMs;
    await feed.pipeline.accept(batch);
    counts.lines += batch.length;
    batch = [];
    if (counts.lines % (5 * LIVE_BATCH) === 0) ({ episodes: counts.episodes, resources: counts.resources } = await feed.store.stats());
    if (counts.episodes >= sizes.windowEpisodes) rss = Math.max(rss, process.memoryUsage.rss());
  };
  for await (const line of createInterface({ input: createReadStream(recordsOf(path)) })) {
    batch.push(JSON.parse(line));
    if (batch.length === LIVE_BATCH) await give();
  }
  await give();
  await feed.close();
  return { rssMb: rss / 1_000_000, episodes: counts.episodes, resources: counts.resources };
}

/** The file with the records that a store at this path is measured with. */
export function recordsOf(path: string): string {
  return `${path}.records`;
}

/** How long answers to root-cause questions take: half about what went wrong lately, half about anything stored. */
export async function measureRca(path: string, sizes: Sizes, nowMs: number): Promise<Measured> {
  const feed = await openFeed(path, () => nowMs);
  const asked = await idsToAsk(feed, sizes.questions, nowMs);
  const took: number[] = [];
  let causes = 0;
  for (const eid of asked) {
    const startedMs = performance.now();
    const outcome = await answerRca(feed.store, DEFAULT_REASONING, {
      eid,
      windowMs: DEFAULT_REASONING.windowMs,
      hopsMax: DEFAULT_REASONING.hopsMax,
      scoreMin: DEFAULT_REASONING.scoreMin,
    });
    took.push(performance.now() - startedMs);
    if (outcome.found === "one") causes += outcome.answer.causes.length;
  }
  await feed.close();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1), questions: took.length, causes };
}

async function idsToAsk({ store }: Feed, count: number, nowMs: number): Promise<readonly EpisodeId[]> {
  const random = randomFrom(11);
  const all: EpisodeId[] = [];
  const recent: EpisodeId[] = [];
  for await (const part of store.loadWorkingSet("prod", nowMs - 7 * 86_400_000)) {
    for (const { eid, severity, lastMs } of part.episodes) (severity !== "INFO" && lastMs >= STREAM_STARTS_MS ? recent : all).push(eid);
  }
  const from = [recent.length > 0 ? recent : all, all] as const;
  return Array.from({ length: count }, (_, at) => random.pick(from[at % 2] ?? all));
}

/** Seconds from nothing to a pipeline that accepts records. */
export async function measureStart(path: string, nowMs: number): Promise<Measured> {
  const startedMs = performance.now();
  const feed = await openFeed(path, () => nowMs);
  await feed.pipeline.load();
  const seconds = (performance.now() - startedMs) / 1_000;
  await feed.close();
  return { seconds };
}
