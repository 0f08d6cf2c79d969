// How long the agent lives: as long as a window shows that it is there and the state file names this agent.

/** What the agent sees of the windows in one look. `owner`: whom the state file names; `dismissed`: it named this agent, and was told to no more. `marks`: the windows' signs of life, as one text. */
export type Sighting = { readonly owner: "self" | "other" | "nobody" | "dismissed"; readonly marks: string };

/** What is remembered between looks. Counted in looks and not by the clock: a laptop that slept must not end the agent. */
export type Lease = { readonly named: boolean; readonly marks: string; readonly silentLooks: number; readonly unnamedLooks: number };

/** Half a second between looks. */
export const LOOK_EVERY_MS = 500;

/** Windows show a sign this often. */
export const SIGN_EVERY_MS = 5_000;

/** Looks without a new sign after which no window is left: 30 s, so that a reload and a busy machine are survived. */
const SILENT_LOOKS_MAX = 60;

/** Looks until the window that started the agent must have named it: 2 min. */
const UNNAMED_LOOKS_MAX = 240;

/** The state before the first look. */
export const NEW_LEASE: Lease = { named: false, marks: "", silentLooks: 0, unnamedLooks: 0 };

/** The lease after one more look, or why it is over. */
export function renew(lease: Lease, { owner, marks }: Sighting): Lease | "stopped" | "never named" | "no window left" {
  const named = owner === "self";
  // It may have been named and dismissed between two looks.
  if (owner === "dismissed" || (lease.named && !named)) return "stopped";
  const silentLooks = marks === lease.marks ? lease.silentLooks + 1 : 0;
  const unnamedLooks = named ? 0 : lease.unnamedLooks + 1;
  if (silentLooks > SILENT_LOOKS_MAX) return "no window left";
  if (unnamedLooks > UNNAMED_LOOKS_MAX) return "never named";
  return { named, marks, silentLooks, unnamedLooks };
}
