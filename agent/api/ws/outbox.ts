// The messages towards one client. Answers go out at once; news waits while the client does not read, and a client that stays behind is dropped.
import type { WsLimits } from "../options.ts";
import { createNews, type News } from "./news.ts";

/** The part of a `ws` socket that an outbox needs. `done` is called when the text has left this process. */
export type Outlet = { send(text: string, done: () => void): void; readonly bufferedAmount: number };

/** What a client is to be sent. */
export type Outbox = Pick<News, "incidents" | "stats" | "progress" | "endProgress"> & { answer(text: string): void };

/** An outbox. `onTooSlow` is called once, when the client is so far behind that it must be dropped; nothing is sent from then on. */
export function createOutbox(outlet: Outlet, limits: Pick<WsLimits, "bufferedBytesMax" | "pendingMax">, onTooSlow: () => void): Outbox {
  const news = createNews();
  let underWay = false;
  let dropped = false;

  const drop = () => {
    dropped = true;
    onTooSlow();
  };
  const send = (text: string, done: () => void) => {
    if (dropped) return;
    // Looked at before, not after: one large answer is no fault of the client.
    if (outlet.bufferedAmount > limits.bufferedBytesMax) drop();
    else outlet.send(text, done);
  };
  // One piece of news is under way at a time: while it is, the next ones fold into one.
  const flush = () => {
    const text = underWay || dropped ? undefined : news.take();
    if (text === undefined) return;
    underWay = true;
    send(text, () => {
      underWay = false;
      flush();
    });
  };
  return {
    answer: (text) => send(text, () => undefined),
    incidents: (changed, removed) => {
      if (dropped) return;
      news.incidents(changed, removed);
      if (news.size() > limits.pendingMax) drop();
      flush();
    },
    stats: (latest) => {
      news.stats(latest);
      flush();
    },
    progress: (latest) => {
      news.progress(latest);
      flush();
    },
    endProgress: news.endProgress,
  };
}
