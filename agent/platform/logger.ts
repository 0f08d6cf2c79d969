// The agent's log: pino's JSON lines or short lines for a person, with secrets masked in both.
import pino from "pino";
import { redactJson, redactText } from "./redaction.ts";

/** Levels that can be asked for, from much to little. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** From this level up is written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside the message. An Error goes under `err`. Strings are masked by name and by shape. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines. A message is a fixed sentence; what varies is in the fields. */
export type Logger = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
};

/** What to write, how, and where to; `write` is given one whole line at a time. */
export type LoggerOptions = {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  readonly write: (line: string) => void;
};

/** A logger. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.format === "json" ? options.write : (line: string) => options.write(prettyLine(line));
  const serializers = { err: (fields: unknown) => fields }; // errors are taken apart, masked, below
  const root = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "message", serializers },
    { write },
  );
  return wrap(root);
}

/** Says nothing; for tests and for commands whose output is the answer itself. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function wrap(log: pino.Logger): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (message: string, fields?: LogFields) => {
    if (log.isLevelEnabled(level)) log[level](maskFields(fields ?? {}), redactText(message));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(log.child(maskFields(fields))),
  };
}

function maskFields(fields: LogFields): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) masked[name] = value instanceof Error ? errorFields(value) : redactJson(name, value);
  return masked;
}

function errorFields(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message: redactText(message),
    ...(stack ? { stack: redactText(stack) } : {}),
    ...(cause instanceof Error ? { cause: errorFields(cause) } : {}),
  };
}

const LEVEL_WORDS: Readonly<Record<number, string>> = { 10: "TRACE", 20: "DEBUG", 30: "INFO ", 40: "WARN ", 50: "ERROR", 60: "FATAL" };

/** `12:00:00.000 INFO  store opened path=/x`; control characters of hostile text are shown as escapes. */
function prettyLine(json: string): string {
  const { level, time, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const line = `${String(time).slice(11, 23)} ${LEVEL_WORDS[Number(level)] ?? "     "} ${String(message)}${facts.join("")}`;
  return `${escapeControls(line)}\n`;
}

function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}
