// Fetches the jars of a Neo4j Community server with Maven, once per content of their list, into a cache outside the repository.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const list = join(import.meta.dirname, "program", "pom.xml");

const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";

/** Where the jars are kept: below `KG_SERVICES_CACHE`, or `~/.cache/kgroot-services`. */
function jarFolder(): string {
  const cache = process.env["KG_SERVICES_CACHE"] ?? join(homedir(), ".cache", "kgroot-services");
  return join(cache, "neo4j", createHash("sha256").update(readFileSync(list)).digest("hex").slice(0, 12));
}

/** The folder with the server's jars; fetched when it is not there (about 60 MB, once). Throws an Error that says what is missing. */
export function fetchServer(): string {
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  console.log(`fetching Neo4j's jars into ${folder} (a minute, once)`);
  const fetched = spawnSync(
    "mvn",
    ["-B", "-q", "-C", "-ntp", "-f", list, COPY, "-DincludeScope=runtime", `-DoutputDirectory=${unfinished}`],
    {
      stdio: "inherit",
    },
  );
  if (fetched.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    const why = fetched.error ? `${fetched.error.message}: install Maven and a JDK of version 17` : `mvn ended with ${fetched.status}`;
    throw new Error(`cannot fetch Neo4j's jars: ${why}`);
  }
  renameSync(unfinished, folder);
  return folder;
}
