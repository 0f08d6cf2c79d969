// What a screen reader is told unasked: little, and never faster than every few seconds.
import { type AppState, selectedKey } from "../app-state.ts";
import { oneLine, plural } from "../format.ts";
import { h } from "./dom.ts";

const QUIET_MS = 5000;

/** A polite live region. `compare` finds out what is worth saying of a change; `say` says a given text. */
export function createAnnouncer(): {
  readonly element: HTMLElement;
  say(text: string): void;
  compare(before: AppState, after: AppState): void;
} {
  const element = h("div", { class: "sr-only", attrs: { "aria-live": "polite" } });
  let fresh: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (text: string): void => {
    element.textContent = text;
  };
  const flush = (): void => {
    timer = undefined;
    if (fresh.length > 0) say(fresh.length === 1 ? `New incident: ${fresh[0]}` : plural(fresh.length, "new incident"));
    fresh = [];
  };
  return {
    element,
    say,
    compare: (before, after) => {
      if (before.lostAtMs === undefined && after.lostAtMs !== undefined)
        say("Connection to the agent lost. What is shown may be out of date.");
      if (before.lostAtMs !== undefined && after.lostAtMs === undefined) say("Connected again.");
      if (before.list.status !== "loaded" || after.list.status !== "loaded" || before.list.filters !== after.list.filters) return;
      fresh.push(...newTitles(before, after));
      if (fresh.length > 0) {
        clearTimeout(timer);
        timer = setTimeout(flush, QUIET_MS);
      }
      const root = rootChange(before, after);
      if (root) say(root);
    },
  };
}

function newTitles(before: AppState, after: AppState): string[] {
  const known = before.list.incidents;
  if (known === after.list.incidents || after.list.cursor !== before.list.cursor) return [];
  return [...after.list.incidents]
    .filter(([key, one]) => !known.has(key) && one.state === "open" && one.muted_by === undefined)
    .map(([, one]) => oneLine(one.title));
}

function rootChange(before: AppState, after: AppState): string | undefined {
  const key = selectedKey(after);
  if (key === undefined || key !== selectedKey(before)) return undefined;
  const was = before.list.incidents.get(key);
  const is = after.list.incidents.get(key);
  if (!was || !is || was.root_cause?.event_id === is.root_cause?.event_id) return undefined;
  return `The root cause of this incident is now: ${oneLine(is.title)}`;
}
