// `kgroot indexes`: the store's secondary indexes.
import { Argument, Command } from "commander";
import type { RpcMethods } from "../../protocol/rpc.ts";
import { withAnswerer } from "../calls.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { withProgress } from "../progress.ts";
import { table } from "../show/layout.ts";
import type { Terminal } from "../terminal.ts";

type IndexesParams = RpcMethods["admin/indexes"][0];

/** The command. */
export function indexesCommand(terminal: Terminal): Command {
  const command = new Command("indexes")
    .description("list, create, drop or rebuild the store's secondary indexes; each may be done twice")
    .addArgument(new Argument("[action]", "what to do").choices(["list", "ensure", "drop", "rebuild"]).default("list"))
    .argument("[names...]", "drop, rebuild: only these");
  withReach(command);
  withExamples(command, [
    ["kgroot indexes", ""],
    ["kgroot indexes ensure", "create what is missing"],
    ["kgroot indexes drop episodic_reason", ""],
  ]);
  return command.action((action: IndexesParams["action"], names: string[], options: OptionValues) =>
    runIndexes({ action, ...(names.length > 0 ? { names } : {}) }, options, terminal),
  );
}

async function runIndexes(params: IndexesParams, options: OptionValues, terminal: Terminal): Promise<void> {
  if (params.names !== undefined && params.action !== "drop" && params.action !== "rebuild") {
    throw new CommandFailure(`names only go with drop and rebuild, not with ${params.action}`, { exitCode: EXIT.usage });
  }
  const answer = await withAnswerer(options, terminal, ({ call }) =>
    withProgress(terminal, "indexes", (report) => call("admin/indexes", params, report)),
  );
  print(terminal, options, answer, ({ width }) => [
    ...(params.action === "list" ? [] : [changeText(params.action, answer.changed), ""]),
    ...table(
      ["INDEX", "STATE", "UNIQUE", "ON"],
      answer.indexes.map(({ name, state, unique, on, columns }) => [name, state, unique ? "yes" : "no", `${on} (${columns.join(", ")})`]),
      width,
    ),
  ]);
}

function changeText(action: "ensure" | "drop" | "rebuild", changed: readonly string[]): string {
  if (changed.length === 0) return action === "ensure" ? "all indexes were there" : `there was nothing to ${action}`;
  const did = { ensure: "created", drop: "dropped", rebuild: "rebuilt" }[action];
  return `${did} ${changed.join(", ")}`;
}
