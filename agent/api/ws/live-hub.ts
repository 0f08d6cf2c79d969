// Live changes to the clients that subscribed: incidents as they change, statistics at most once a second and only when they differ.

import type { LiveFeed } from "../../pipeline/live-change.ts";
import type { Logger } from "../../platform/logger.ts";
import type { GraphReader } from "../../store/port.ts";
import { given } from "../to-wire/given.ts";
import { wireIncident } from "../to-wire/incident.ts";
import { wireStats } from "../to-wire/stats.ts";
import type { Outbox } from "./outbox.ts";

/** What a client can be told of. */
export type Topic = "incidents" | "stats";

/** A client as the hub sees it. */
export type Subscriber = { readonly topics: ReadonlySet<Topic>; readonly outbox: Outbox };

/** Keeps the subscribers. */
export type LiveHub = {
  add(subscriber: Subscriber): void;
  remove(subscriber: Subscriber): void;
  stop(): void;
};

/** What the hub needs. */
export type LiveHubOptions = {
  readonly live: LiveFeed;
  readonly store: GraphReader;
  readonly statsMs: number;
  readonly nowMs: () => number;
  readonly logger: Logger;
};

/** Starts listening to the pipeline. */
export function startLiveHub({ live, store, statsMs, nowMs, logger }: LiveHubOptions): LiveHub {
  const subscribers = new Set<Subscriber>();
  const listeners = (topic: Topic) => [...subscribers].filter(({ topics }) => topics.has(topic));
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let askAgain = false;

  const sendStats = async () => {
    const stats = wireStats(await store.stats(), nowMs());
    for (const { outbox } of listeners("stats")) outbox.stats(stats);
  };
  const askStats = () => {
    if (listeners("stats").length === 0) return;
    if (timer || asking) {
      askAgain = true;
      return;
    }
    asking = true;
    sendStats()
      .catch((error: unknown) => logger.warn("statistics for clients could not be read", { err: error }))
      .finally(() => {
        asking = false;
        timer = setTimeout(() => {
          timer = undefined;
          if (askAgain) askStats();
        }, statsMs).unref();
      });
    askAgain = false;
  };
  const unsubscribe = live.subscribe((change) => {
    const clients = listeners("incidents");
    if (clients.length > 0 && change.incidents.length + change.removed.length > 0) {
      const changed = change.incidents.map(wireIncident);
      const removed = change.removed.map(({ cluster, id, mergedInto }) => ({ cluster, id, ...given({ merged_into: mergedInto }) }));
      for (const { outbox } of clients) outbox.incidents(changed, removed);
    }
    askStats();
  });
  return {
    add: (subscriber) => subscribers.add(subscriber),
    remove: (subscriber) => subscribers.delete(subscriber),
    stop: () => {
      unsubscribe();
      clearTimeout(timer);
      subscribers.clear();
    },
  };
}
