// Masks what must not be stored, logged or sent: values whose name says secret, and text shaped like one (design.md §5).
import { isRandomRun } from "./random-run.ts";

/** Stands in place of what was masked. */
export const MASK = "[redacted]";

const SECRET_WORDS = words(
  "password passwords passwd pwd pass passphrase passcode secret secrets token tokens credential credentials apikey privatekey",
);

// Secret only as a name's last word: `AUTH` is, `--authorization-mode` is not.
const SECRET_ENDINGS = words("authorization authorisation auth cookie jwt bearer accesskey secretkey");

// `…_KEY` is secret, but for the keys of data structures and of public halves.
const PLAIN_KEYS = words("public primary foreign partition sort routing cache index config object label annotation topology map");

// A name that ends so tells of a secret without holding it: DB_PASSWORD_FILE, SECRET_NAME, TOKEN_TTL.
const ABOUT_ENDINGS = words(
  "file path dir directory name ref namespace mount ttl expiry expiration expires seconds minutes hours ms timeout length size count type " +
    "url uri host port endpoint issuer audience algorithm enabled required rotation version",
);

/** Whether a field, variable or flag of this name holds a secret: `DB_PASSWORD`, `apiKey`, `--auth-token`; not `SECRET_NAME`, `key`, `publicKey`. */
export function isSecretName(name: string): boolean {
  if (name === "PWD" || name === "OLDPWD") return false; // the shell's working directories
  const parts = nameWords(name);
  const last = parts.at(-1);
  if (last === undefined || ABOUT_ENDINGS.has(last)) return false;
  if (SECRET_ENDINGS.has(last) || parts.some((word) => SECRET_WORDS.has(word) || word.endsWith("password"))) return true;
  const before = parts.at(-2);
  return last === "key" && before !== undefined && !PLAIN_KEYS.has(before);
}

/** The value as it may be kept: masked whole when its name says secret, else masked where its text is shaped like one. */
export function redactValue(name: string, value: string): string {
  if (/^(?:true|false|null)?$/.test(value)) return value;
  return isSecretName(name) ? MASK : redactText(value);
}

/** Command-line arguments as they may be kept; also masks the argument after a bare `--password`. */
export function redactArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const before = args[index - 1] ?? "";
    const isItsValue = before.startsWith("-") && !before.includes("=") && !arg.startsWith("-");
    return redactValue(isItsValue ? before : "", arg);
  });
}

// Deeper than any Kubernetes object: a guard against hostile nesting.
const DEPTH_MAX = 64;

/** Any JSON value under a name, its strings masked by the names nearest to them and by shape; `{name, value}` pairs as in `env` count as names. Copies. */
export function redactJson(name: string, value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactValue(name, value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_MAX) return MASK;
  if (Array.isArray(value)) return value.map((item) => redactJson(name, item, depth + 1));
  const pairName = "name" in value && typeof value.name === "string" ? value.name : "value";
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactJson(key === "value" ? pairName : key, item, depth + 1)]),
  );
}

// Tokens whose issuers gave them a prefix of their own, so that scanners can find them.
const ISSUED_TOKENS = new RegExp(
  [
    "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b", // AWS access key id
    "\\bgh[pousr]_[A-Za-z0-9]{20,255}", // GitHub
    "\\bgithub_pat_[A-Za-z0-9_]{20,255}",
    "\\bglpat-[A-Za-z0-9_-]{20,255}", // GitLab
    "\\bxox[abeoprs]-[A-Za-z0-9-]{10,255}", // Slack
    "\\bAIza[A-Za-z0-9_-]{35}", // Google
    "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}", // Stripe
    "\\bnpm_[A-Za-z0-9]{36}",
    "\\beyJ[A-Za-z0-9_-]{8,8192}\\.[A-Za-z0-9_-]{8,8192}(?:\\.[A-Za-z0-9_-]{0,8192})?", // JWT
  ].join("|"),
  "g",
);

// Every repetition is bounded or cannot overlap with what follows it, so that hostile text costs linear time.
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----END))*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;
const URL_USERINFO = /(?<=\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]{1,1024}@(?!sha\d+:)/gi;
const BEARER = /\b(bearer\s{1,8})(?=[\w.~+/=-]{0,200}\d|[\w.~+/=-]{20})[\w.~+/=-]{8,}/gi;
const AUTHORIZATION =
  /\b(authorization\\?["']?\s{0,8}[:=]\s{0,8}\\?["']?(?:basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256)\s{1,8})[^"'\\\r\n]+/gi;
const COOKIE = /\b((?:set-)?cookie\\?["']?\s{0,8}[:=]\s{0,8}\\?["']?)(?=[\w.-]{1,80}=)[^"'\\\r\n]+/gi;
const ENV_PAIR =
  /(\bname\\?["']?:\s{0,4}\\?["']?)([\w.-]{1,200})(\\?["']?(?:,|\s)\s{0,40}\\?["']?value\\?["']?:\s{0,4}\\?["']?)([^"'\\\r\n]+)/g;
const NAMED =
  /(?<![\w.-])([\w.-]{2,80})(\\?["']?\s{0,4}[:=]\s{0,4})(\\"(?:[^\\\r\n]|\\[^"])*|"(?:[^"\\\r\n]|\\.)*|'[^'\r\n]*|[^\s,;&"'\\)}\]]+)/g;
const FLAG = /(?<!\S)(--?[a-z][\w-]{1,60})(\s{1,4})([^\s-]\S*)/gi;
const LONG_RUN = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_=-]{32,}/g;

/** Text as it may be kept: secrets of a known shape and values after a secret's name are masked, the rest is untouched. Applying it twice changes nothing more. */
export function redactText(text: string): string {
  if (text.length < 6) return text;
  return text
    .replace(PRIVATE_KEY, MASK)
    .replace(URL_USERINFO, `${MASK}@`)
    .replace(AUTHORIZATION, `$1${MASK}`)
    .replace(COOKIE, `$1${MASK}`)
    .replace(BEARER, `$1${MASK}`)
    .replace(ISSUED_TOKENS, MASK)
    .replace(ENV_PAIR, (pair, before: string, name: string, between: string) =>
      isSecretName(name) ? `${before}${name}${between}${MASK}` : pair,
    )
    .replace(NAMED, maskNamed)
    .replace(FLAG, (flag, name: string, gap: string) => (isSecretName(name) ? `${name}${gap}${MASK}` : flag))
    .replace(LONG_RUN, (run, offset: number, whole: string) =>
      isRandomRun(run, whole.slice(Math.max(0, offset - 24), offset)) ? MASK : run,
    );
}

function maskNamed(whole: string, name: string, separator: string, value: string): string {
  if (!isSecretName(name)) return whole;
  const quote = /^\\?["']/.exec(value)?.[0] ?? "";
  const bare = value.slice(quote.length);
  if (/^(?:true|false|null)?$/.test(bare) || bare.startsWith(MASK.slice(0, -1))) return whole;
  if (quote === "" && separator.includes(":") && isProse(name, separator, bare)) return whole;
  return `${name}${separator}${quote}${MASK}`;
}

/** "token: expired" is a sentence, "token: 4f9x" is not; `secret:shop:db` names a resource; after "password" nothing is taken for a sentence. */
function isProse(name: string, separator: string, value: string): boolean {
  if (/^secrets?$/i.test(name) && !/\s/.test(separator)) return true;
  if (name.toLowerCase() === "pass") return true;
  return /\s/.test(separator) && !/pass|pwd/i.test(name) && !/[^A-Za-z.-]/.test(value);
}

function nameWords(name: string): string[] {
  const spaced = name.slice(-200).replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return spaced.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
