// Where this user's data lies on this kind of machine.
import { posix, win32 } from "node:path";

/** What decides it; `home` is asked for only when no variable answers. */
export type Machine = {
  /** `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: () => string;
};

/** kgroot's data folder: XDG on Linux and other Unixes, Application Support on macOS, local application data on Windows. */
export function dataFolder({ platform, env, home }: Machine): string {
  if (platform === "win32") return win32.join(env["LOCALAPPDATA"] || win32.join(home(), "AppData", "Local"), "kgroot");
  if (platform === "darwin") return posix.join(home(), "Library", "Application Support", "kgroot");
  // The XDG specification has relative paths ignored.
  const xdg = env["XDG_DATA_HOME"];
  return posix.join(xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home(), ".local", "share"), "kgroot");
}
