// One question, one answer: which episodes can have caused this one, who else is hit, and what happened around it.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { Incident } from "../domain/incident.ts";
import type { Subject } from "../domain/resource.ts";

/** `eid` (or alias) or `uid`: then the worst latest episode about that resource. At most 24 h and 5 hops. */
export type RcaQuery = {
  readonly eid?: string | undefined;
  readonly uid?: string | undefined;
  readonly cluster?: string | undefined;
  readonly windowMs: number;
  readonly hopsMax: number;
  readonly scoreMin: number;
};

export type RcaCause = { readonly link: CausalLink; readonly episode: Episode; readonly subject: Subject; readonly sentence: string };

export type RcaAnswer = {
  readonly effect: Episode;
  readonly subject: Subject;
  /** Best first. */
  readonly causes: readonly RcaCause[];
  readonly blastRadius: readonly Subject[];
  readonly incident?: Incident | undefined;
  /** Oldest first. */
  readonly timeline: readonly { readonly episode: Episode; readonly subject: Subject }[];
};

/** `notFound`: no such episode or resource. `ambiguous`: it exists in these clusters; ask again with one of them. */
export type RcaOutcome = { readonly found: "one"; readonly answer: RcaAnswer } | { readonly found: "none" } | { readonly found: "several"; readonly clusters: readonly string[] };
