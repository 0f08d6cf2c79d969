// Episodes as lines of a timeline and as evidence.
import type { Episode, Evidence } from "../../domain/episode.ts";
import type { Subject } from "../../domain/resource.ts";
import type { WireEvidence, WireTimelineEntry } from "../../protocol/incident.ts";
import { given } from "./given.ts";
import { wireSubject } from "./subject.ts";
import { wireTime } from "./time.ts";

/** One piece of evidence. */
export function wireEvidence({ source, text, command }: Evidence): WireEvidence {
  return { source, text, ...given({ command }) };
}

/** One line of a timeline. */
export function wireTimelineEntry(episode: Episode, subject: Subject): WireTimelineEntry {
  return {
    event_id: episode.eid,
    event_time: wireTime(episode.firstMs),
    last_time: wireTime(episode.lastMs),
    count: episode.count,
    etype: episode.etype,
    reason: episode.reason,
    severity: episode.severity,
    message: episode.message,
    resource: wireSubject(subject),
  };
}
