// A Neo4j Community server for tests, each with ports and data of its own: started, killed, frozen, started again on the same data.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auth, type Config, driver as connect, type Driver } from "neo4j-driver";
import { until } from "../until.ts";
import { fetchServer } from "./build.ts";

/** A running server. */
export type Neo4jServer = {
  readonly port: number;
  readonly uri: string;
  readonly password: string;
  /** Certificate that clients trust when it was started with TLS. */
  readonly caFile: string;
  /** A plain driver, to look at what is there; closed by `down`. */
  readonly driver: Driver;
  /** Runs one statement outside of what is tested. */
  run(statement: string, params?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>[]>;
  /** Deletes every node; keys and indexes stay. */
  empty(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on its data, with other settings if given, and waits until it answers. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Nothing of it runs until `thaw`: connections stand, nobody answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its data. */
  down(): Promise<void>;
};

/** How to start it. */
export type ServerOptions = { readonly tls?: boolean; readonly settings?: Readonly<Record<string, string>> };

const PASSWORD = "kgroot-test-only";
const USER = "neo4j";
const START_MS_MAX = 180_000;

// Neo4j's own script opens these packages to its libraries; it is started without that script.
const OPEN = ["java.nio", "java.io", "java.nio.channels", "java.util.concurrent", "sun.nio.ch"].map(
  (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
);

type Place = {
  readonly jars: string;
  readonly home: string;
  readonly port: number;
  readonly tls: boolean;
  child: ChildProcess | undefined;
};

/** Starts a fresh server; returns when it answers a query. Whatever fails, nothing is left running. */
export async function startServer(options: ServerOptions = {}): Promise<Neo4jServer> {
  const home = mkdtempSync(join(tmpdir(), "kgroot-neo4j-"));
  const place: Place = { jars: fetchServer(), home, port: await freePort(), tls: options.tls === true, child: undefined };
  // A test that is killed must not leave a server behind.
  process.once("exit", () => place.child?.kill("SIGKILL"));
  for (const folder of ["conf", "data", "logs", "plugins", "import", "run", "tls"]) mkdirSync(join(home, folder));
  if (place.tls) certificate(home);
  const uri = `bolt://localhost:${place.port}`;
  const caFile = join(home, "tls", "ca.pem");
  const security = place.tls
    ? ({ encrypted: "ENCRYPTION_ON", trust: "TRUST_CUSTOM_CA_SIGNED_CERTIFICATES", trustedCertificates: [caFile] } satisfies Config)
    : {};
  const driver = connect(uri, auth.basic(USER, PASSWORD), { ...security, disableLosslessIntegers: true, maxConnectionPoolSize: 2 });
  const server: Neo4jServer = {
    port: place.port,
    uri,
    password: PASSWORD,
    caFile,
    driver,
    run: async (statement, params = {}) => (await driver.executeQuery(statement, params)).records.map((record) => record.toObject()),
    async empty() {
      for (let n = 1; n > 0; )
        n = Number((await server.run("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS n"))[0]?.["n"]);
    },
    kill: () => ended(place, "SIGKILL"),
    async start(settings = options.settings ?? {}) {
      await launch(place, settings, driver);
    },
    freeze: () => void place.child?.kill("SIGSTOP"),
    thaw: () => void place.child?.kill("SIGCONT"),
    async down() {
      await driver.close();
      await ended(place, "SIGKILL");
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    setPassword(place);
    await server.start();
    return server;
  } catch (error) {
    console.error(tail(join(home, "console.log")));
    await server.down();
    throw error;
  }
}

async function launch(place: Place, settings: Readonly<Record<string, string>>, driver: Driver): Promise<void> {
  const { home, jars } = place;
  writeFileSync(join(home, "conf", "neo4j.conf"), configuration(place, settings));
  const log = openSync(join(home, "console.log"), "a");
  const child = spawn(
    "java",
    [
      ...machine(jars),
      "-Xms256m",
      "-Xmx512m",
      ...OPEN,
      "-Dio.netty.tryReflectionSetAccessible=true",
      "org.neo4j.server.CommunityEntryPoint",
      `--home-dir=${home}`,
      `--config-dir=${join(home, "conf")}`,
      "--console-mode",
    ],
    {
      stdio: ["ignore", log, log],
    },
  );
  closeSync(log);
  place.child = child;
  let end: string | undefined;
  child.once("error", (error) => {
    end = error.message;
  });
  child.once("exit", (code, signal) => {
    end = `ended with ${code ?? signal}`;
  });
  await until(
    "Neo4j answers",
    async () => {
      if (end !== undefined) throw new Error(`Neo4j ${end}:\n${tail(join(home, "console.log"))}`);
      await driver.executeQuery("RETURN 1");
      return true;
    },
    START_MS_MAX,
  );
}

function machine(jars: string): string[] {
  // The full compiler costs two cores more than it gives within a test's minutes.
  return ["-cp", join(jars, "*"), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
}

function configuration({ port, home, tls }: Place, settings: Readonly<Record<string, string>>): string {
  const all: Record<string, string> = {
    "server.default_listen_address": "127.0.0.1",
    "server.bolt.listen_address": `127.0.0.1:${port}`,
    "server.bolt.advertised_address": `localhost:${port}`,
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "server.memory.pagecache.size": "64m",
    "db.tx_log.preallocate": "false",
    "db.tx_log.rotation.size": "16m",
    "db.tx_log.rotation.retention_policy": "1 files",
    "dbms.usage_report.enabled": "false",
    ...(tls
      ? {
          "server.bolt.tls_level": "REQUIRED",
          "dbms.ssl.policy.bolt.enabled": "true",
          "dbms.ssl.policy.bolt.base_directory": join(home, "tls"),
          "dbms.ssl.policy.bolt.private_key": "server.key",
          "dbms.ssl.policy.bolt.public_certificate": "ca.pem",
          "dbms.ssl.policy.bolt.client_auth": "NONE",
        }
      : {}),
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function setPassword(place: Place): void {
  writeFileSync(join(place.home, "conf", "neo4j.conf"), configuration(place, {}));
  const set = spawnSync("java", [...machine(place.jars), "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", PASSWORD], {
    env: { ...process.env, NEO4J_HOME: place.home, NEO4J_CONF: join(place.home, "conf") },
    encoding: "utf8",
  });
  if (set.status !== 0) throw new Error(`cannot set Neo4j's password: ${set.error?.message ?? ""}${set.stdout}${set.stderr}`);
}

/** One self-signed certificate for this machine, which clients trust as their authority. */
function certificate(home: string): void {
  const made = spawnSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "3650",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ].concat(["-keyout", join(home, "tls", "server.key"), "-out", join(home, "tls", "ca.pem")]),
    { encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.error?.message ?? made.stderr}`);
}

async function ended(place: Place, signal: "SIGKILL"): Promise<void> {
  const { child } = place;
  place.child = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function tail(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-25).join("\n");
  } catch {
    return "(no log)";
  }
}
