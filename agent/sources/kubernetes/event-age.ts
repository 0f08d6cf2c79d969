// When an Event last happened, by its own word: those that are history when the agent starts are not told as news.
import { type Fields, fieldsAt } from "../fields.ts";
import { latest, parseTime } from "../times.ts";

/** Epoch milliseconds of the last time an Event of either API was seen, or undefined when it does not say. */
export function eventLastMs(event: Fields): number | undefined {
  const series = fieldsAt(event, "series");
  const own = [
    event["lastTimestamp"],
    event["deprecatedLastTimestamp"],
    series?.["lastObservedTime"],
    event["eventTime"],
    event["firstTimestamp"],
  ];
  return latest(own.map(parseTime)) ?? parseTime(fieldsAt(event, "metadata")?.["creationTimestamp"]);
}
