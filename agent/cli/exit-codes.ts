// What the exit codes mean; --help and docs/cli.md say the same.

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  incidents: 2,
  usage: 3,
  cancelled: 130,
} as const;

/** One of them. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line each, for --help. */
export const EXIT_HELP = `Exit codes:
  0    done; analyze: nothing wrong was found
  1    could not be done; doctor: something is broken
  2    analyze: incidents were found
  3    wrong usage or wrong settings
  130  cancelled with Ctrl-C`;

/** A failure whose message is for the user as it stands; `hint` says what to do. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: ExitCode; readonly hint?: string } = {}) {
    super(message, options);
    this.name = "CommandFailure";
    this.exitCode = options.exitCode ?? EXIT.failed;
    this.hint = options.hint;
  }
}
