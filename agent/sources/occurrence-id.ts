// The identifier of an occurrence that brings none of its own (contracts.md §8): the same input gives the same id, so a replay makes no doubles.
import { createHash } from "node:crypto";
import type { EpisodeType } from "../domain/episode.ts";
import type { ResourceRef } from "../domain/identity.ts";
import { ridOf } from "../domain/identity.ts";

/** What an occurrence's identity is made of; `timeMs` is the time that the record itself states. */
export type OccurrenceKey = {
  readonly cluster: string;
  readonly etype: EpisodeType;
  readonly subject: ResourceRef;
  readonly reason: string;
  readonly discriminator: string;
  readonly timeMs: number;
  /** Tells apart two lines of one pattern within one millisecond: the whole line. */
  readonly text?: string;
};

/** The first 128 bits, in hex, of SHA-256 over cluster, etype, rid, reason, discriminator and time. */
export function occurrenceId(key: OccurrenceKey): string {
  const parts = [
    key.cluster,
    key.etype,
    ridOf(key.subject),
    key.reason,
    key.discriminator,
    String(key.timeMs),
    ...(key.text === undefined ? [] : [key.text]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
