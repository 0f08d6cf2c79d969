// Show the causal graph of an incident.
import type { GraphPanels } from "../panels/graph-panels.ts";
import { type Choice, chooseIncident } from "./choose-incident.ts";

/** The command. */
export function showGraph(panels: GraphPanels, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const incident = await chooseIncident(argument, choice);
    if (incident) panels.show({ id: incident.id, cluster: incident.cluster });
  };
}
