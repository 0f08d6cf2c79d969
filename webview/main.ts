// The page's start: opens the host, makes the session and the views, and on a first wide visit shows the worst incident at once.
import type { AppState } from "./app-state.ts";
import { openHost } from "./host.ts";
import { incidentKey, shownIncidents } from "./incident-list.ts";
import { severityMark } from "./marks.ts";
import type { HostToPage } from "./protocol.ts";
import { Session } from "./session.ts";
import { mountApp } from "./view/app-view.ts";

/** Below this width list and incident take turns; see page.css. */
const TWO_COLUMNS = "(min-width: 721px)";

function start(root: HTMLElement): void {
  const early: HostToPage[] = [];
  let receive = (message: HostToPage): void => void early.push(message);
  const host = openHost((message) => receive(message));
  const session = new Session({ post: (message) => host.post(message), nowMs: () => Date.now(), hash: location.hash });
  receive = (message) => session.receive(message);
  mountApp(root, session, () => Date.now());
  for (const message of early) session.receive(message);
  openWorstOnce(session);
  host.post({ type: "ready" });
}

/** At 3 a.m. the first look should already be the answer. Only when the address names no incident, and only once. */
function openWorstOnce(session: Session): void {
  let done = session.state.route.incident !== undefined || !matchMedia(TWO_COLUMNS).matches;
  session.onChange((state: AppState) => {
    if (done || state.list.status !== "loaded") return;
    done = true;
    const open = shownIncidents(state.list, undefined).filter((incident) => incident.state === "open");
    const worst = open.reduce<(typeof open)[number] | undefined>(
      (a, b) => (a && severityMark(a.severity).rank >= severityMark(b.severity).rank ? a : b),
      undefined,
    );
    if (worst && state.list.incidents.has(incidentKey(worst))) session.go({ incident: worst.id, cluster: worst.cluster, section: "graph" });
  });
}

const root = document.getElementById("app");
if (root) start(root);
