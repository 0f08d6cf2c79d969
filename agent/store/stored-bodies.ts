// What stores keep whole, as one JSON text: incidents, mutes, feedback. A damaged text gives undefined.
import type { Incident, MuteRule } from "../domain/incident.ts";
import type { Feedback } from "./port.ts";
import { isMap, json } from "./stored-values.ts";

/** The incident of a JSON text. */
export function storedIncident(value: unknown): Incident | undefined {
  const body = json(value);
  return isMap(body) && isMap(body.verdict) && Array.isArray(body.episodes) ? (body as unknown as Incident) : undefined;
}

/** The muting rule of a JSON text. */
export function storedMute(value: unknown): MuteRule | undefined {
  const body = json(value);
  return isMap(body) && typeof body.id === "string" ? (body as unknown as MuteRule) : undefined;
}

/** A person's word of a JSON text. */
export function storedFeedback(value: unknown): Feedback | undefined {
  const body = json(value);
  return isMap(body) && typeof body.incident === "string" ? (body as unknown as Feedback) : undefined;
}
