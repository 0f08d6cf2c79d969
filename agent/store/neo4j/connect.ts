// A connection to Neo4j: the driver, loaded on first use; transactions with a limit; values both ways.
import { readFileSync } from "node:fs";
import type { Driver, Session as DriverSession, Integer, ManagedTransaction } from "neo4j-driver";
import { StoreFault } from "../port.ts";
import { asFault, faultOf, isTooLarge } from "./fault.ts";
import type { Neo4jOptions } from "./options.ts";

/** A record: what each returned name stands for. */
export type Row = Readonly<Record<string, unknown>>;

/** What statements are run in. */
export type Tx = { run(statement: string, params?: Row): Promise<Row[]> };

/** An open connection. Every call throws StoreFault for what may be expected, `closed` after `close`. */
export type Database = {
  /** Address and database, for messages. */
  readonly where: string;
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** May run `work` more than once: the driver tries again what failed in passing. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A statement that must be a transaction of its own, such as one that changes the schema. */
  alone(statement: string): Promise<Row[]>;
  close(): Promise<void>;
};

const CALL_MS_MAX = 120_000;
const CONNECT_MS_MAX = 10_000;
// The pipeline tries again by itself, and says so; the driver only bridges deadlocks and elections.
const RETRY_MS_MAX = 5_000;
// Pipeline, API and cleanup at once; each connection costs about 1 MB of the server's memory.
const CONNECTIONS_MAX = 20;

type DriverModule = typeof import("neo4j-driver");

/** Loads the driver and makes connections as they are needed; nothing is asked of the server yet. Throws StoreFault for settings that cannot be. */
export async function connect(options: Neo4jOptions): Promise<Database> {
  const neo4j = await loadDriver();
  const where = options.database === undefined ? options.uri : `${options.uri} (database ${options.database})`;
  const driver = openDriver(neo4j, options);
  const callMsMax = options.callMsMax ?? CALL_MS_MAX;
  let isClosed = false;

  const inSession = async <T>(mode: "READ" | "WRITE", work: (session: DriverSession) => Promise<T>): Promise<T> => {
    if (isClosed) throw new StoreFault("closed", `the store in Neo4j at ${where} is closed`);
    const session = driver.session({ defaultAccessMode: mode, ...(options.database === undefined ? {} : { database: options.database }) });
    try {
      return await limited(work(session), callMsMax, where);
    } catch (error) {
      throw asFault(error, where);
    } finally {
      // Not waited for: a server that has fallen silent would keep us waiting.
      session.close().catch(() => undefined);
    }
  };
  const transaction = { timeout: callMsMax };
  const txOf = (tx: ManagedTransaction): Tx => ({
    async run(statement, params = {}) {
      try {
        return (await tx.run(statement, withIntegers(params, neo4j.int))).records.map((record) => record.toObject());
      } catch (error) {
        // The driver would try the same again; it takes smaller transactions.
        throw isTooLarge(error) ? asFault(error, where) : error;
      }
    },
  });
  return {
    where,
    read: (work) => inSession("READ", (session) => session.executeRead((tx) => work(txOf(tx)), transaction)),
    write: (work) => inSession("WRITE", (session) => session.executeWrite((tx) => work(txOf(tx)), transaction)),
    alone: (statement) => inSession("WRITE", async (session) => (await session.run(statement)).records.map((record) => record.toObject())),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await driver.close();
    },
  };
}

async function loadDriver(): Promise<DriverModule> {
  try {
    const module = (await import("neo4j-driver")) as DriverModule & { readonly default?: DriverModule };
    return module.default ?? module;
  } catch (cause) {
    throw faultOf("locked", "store.kind is neo4j, but this kgroot comes without the driver neo4j-driver; install kgroot from npm", cause);
  }
}

function openDriver(neo4j: DriverModule, options: Neo4jOptions): Driver {
  const { uri, user, password, passwordFile, caFile } = options;
  const tokens = neo4j.authTokenManagers.basic({
    tokenProvider: async () => neo4j.auth.basic(user, passwordFile === undefined ? (password ?? "") : readPassword(passwordFile)),
  });
  const tls =
    caFile === undefined
      ? {}
      : ({ encrypted: "ENCRYPTION_ON", trust: "TRUST_CUSTOM_CA_SIGNED_CERTIFICATES", trustedCertificates: [caFile] } satisfies object);
  try {
    return neo4j.driver(uri, tokens, {
      ...(tls as object),
      userAgent: "kgroot",
      disableLosslessIntegers: true,
      maxConnectionPoolSize: CONNECTIONS_MAX,
      connectionTimeout: CONNECT_MS_MAX,
      connectionAcquisitionTimeout: CONNECT_MS_MAX * 3,
      // A connection that was silent for long may be half open: it is tried before it is trusted.
      connectionLivenessCheckTimeout: CONNECT_MS_MAX * 3,
      maxTransactionRetryTime: RETRY_MS_MAX,
      telemetryDisabled: true,
    });
  } catch (cause) {
    throw faultOf(
      "locked",
      `store.neo4j.uri is no address of Neo4j (${cause instanceof Error ? cause.message : cause}); it looks like neo4j://host:7687`,
      cause,
    );
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw faultOf("locked", `cannot read the password of Neo4j from ${file}; check store.neo4j.passwordFile`, cause);
  }
}

/** The driver has no limit of its own for a server that keeps its connections and says nothing. */
function limited<T>(work: Promise<T>, ms: number, where: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new StoreFault(
            "transient",
            `Neo4j at ${where} gave no answer within ${ms / 1000} s; see what it is busy with, the batch will be tried again`,
          ),
        ),
      ms,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The driver sends every number as a float; whole ones are meant as integers. */
function withIntegers(value: Row, int: (value: number) => Integer): Row {
  const convert = (part: unknown): unknown => {
    if (typeof part === "number") return Number.isSafeInteger(part) ? int(part) : part;
    if (Array.isArray(part)) return part.map(convert);
    if (typeof part === "object" && part !== null) return withIntegers(part as Row, int);
    return part;
  };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, convert(part)]));
}
