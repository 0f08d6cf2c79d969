// `kgroot version`: which program this is, for a bug report.
import { arch, platform, versions } from "node:process";
import { Command } from "commander";
import { VERSION } from "../../platform/version.ts";
import { PROTOCOL_VERSION } from "../../protocol/rpc.ts";
import { type OptionValues, withExamples, withOutput } from "../options.ts";
import { print } from "../print.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function versionCommand(terminal: Terminal): Command {
  const command = withOutput(new Command("version").description("print the versions of kgroot, its protocol, Node and SQLite"));
  withExamples(command, [["kgroot version --output json", ""]]);
  return command.action((options: OptionValues) => {
    const found = {
      kgroot: VERSION,
      protocol: PROTOCOL_VERSION,
      node: versions.node,
      sqlite: versions.sqlite,
      platform: `${platform} ${arch}`,
    };
    print(terminal, options, found, () => [
      `kgroot ${found.kgroot} (protocol ${found.protocol}, Node ${found.node}, SQLite ${found.sqlite ?? "none"}, ${found.platform})`,
    ]);
  });
}
