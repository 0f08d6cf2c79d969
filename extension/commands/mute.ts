// Mute incidents like this one by a rule, and take a rule back.
import { l10n, window } from "vscode";
import type { MuteRequest, WireMute } from "../../agent/protocol/graph.ts";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import { harmless, resourceName } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type Choice, chooseIncident } from "./choose-incident.ts";

const HOUR_MS = 3_600_000;

/** The command that adds a rule. */
export function mute(session: AgentSession, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const incident = await chooseIncident(argument, choice);
    if (!incident) return;
    const what = await window.showQuickPick(scopes(incident), { ignoreFocusOut: true, title: l10n.t("Mute what? (1/3)") });
    if (!what) return;
    const until = await window.showQuickPick(durations(), { ignoreFocusOut: true, title: l10n.t("For how long? (2/3)") });
    if (!until) return;
    const comment = await window.showInputBox({
      ignoreFocusOut: true,
      title: l10n.t("Why? (3/3)"),
      prompt: l10n.t("Whoever finds the rule later will want to know."),
      validateInput: (text) => (text.trim() === "" ? l10n.t("A word is enough.") : undefined),
    });
    if (comment === undefined) return;
    const end = until.ms === undefined ? {} : { until: new Date(Date.now() + until.ms).toISOString() };
    await session.call("mutes/add", { ...what.rule, ...end, comment: comment.trim() });
    await choice.feed.list();
  };
}

/** The command that takes one back. */
export function unmute(session: AgentSession, feed: IncidentFeed): () => Promise<void> {
  return async () => {
    const { mutes } = await session.call("mutes/list", {});
    if (mutes.length === 0) {
      void window.showInformationMessage(l10n.t("Nothing is muted."));
      return;
    }
    const items = mutes.map((rule) => ({ label: ruleWords(rule), detail: harmless(rule.comment), id: rule.id }));
    const picked = await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Which rule is to be taken back?") });
    if (!picked) return;
    await session.call("mutes/remove", { id: picked.id });
    await feed.list();
  };
}

type Scope = { readonly label: string; readonly rule: Omit<MuteRequest, "comment" | "until"> };

/** From narrow to wide. Rules look at the root cause; without one they look at what was hit first. */
function scopes({ cluster, root_cause: root, causes, affected, namespaces }: WireIncident): Scope[] {
  const subject = root ?? causes[0] ?? affected[0];
  const reason = root?.reason ?? causes[0]?.reason;
  const [namespace] = namespaces;
  const scopesFound: Scope[] = [];
  if (subject) {
    const { kind, name } = subject;
    const place = subject.namespace === undefined ? {} : { namespace: subject.namespace };
    const named = harmless(resourceName(subject));
    if (reason) scopesFound.push({ label: l10n.t("{0} of {1}", harmless(reason), named), rule: { cluster, kind, name, reason, ...place } });
    scopesFound.push({ label: l10n.t("Everything of {0}", named), rule: { cluster, kind, name, ...place } });
  }
  if (namespace) scopesFound.push({ label: l10n.t("Everything in namespace {0}", harmless(namespace)), rule: { cluster, namespace } });
  return scopesFound;
}

function durations(): { readonly label: string; readonly ms: number | undefined }[] {
  return [
    { label: l10n.t("1 hour"), ms: HOUR_MS },
    { label: l10n.t("8 hours"), ms: 8 * HOUR_MS },
    { label: l10n.t("1 day"), ms: 24 * HOUR_MS },
    { label: l10n.t("1 week"), ms: 168 * HOUR_MS },
    { label: l10n.t("Until the rule is taken back"), ms: undefined },
  ];
}

function ruleWords({ kind, namespace, name, reason, cluster, until }: WireMute): string {
  const what = [reason, kind, name, namespace && l10n.t("in {0}", namespace), cluster].filter(Boolean).join(" ");
  return harmless(until === undefined ? what : l10n.t("{0}, until {1}", what, until));
}
