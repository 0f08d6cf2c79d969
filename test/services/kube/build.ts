// Builds the test control plane once per content of its Go sources, in a cache outside the repository.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Servers of the control plane, in the order in which they are started. */
export const roles = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;

/** The name of one server of the control plane. */
export type Role = (typeof roles)[number];

const sources = join(import.meta.dirname, "program");

/** Where built programs and Go's own caches are kept: `KG_SERVICES_CACHE`, or `~/.cache/kgroot-services`. */
export const cacheFolder = (): string => process.env["KG_SERVICES_CACHE"] ?? join(homedir(), ".cache", "kgroot-services");

const kubernetesVersion = (): string => {
  const found = /^\s*k8s\.io\/kubernetes (v\S+)$/m.exec(readFileSync(join(sources, "go.mod"), "utf8"))?.[1];
  if (found === undefined) throw new Error(`${sources}/go.mod requires no k8s.io/kubernetes`);
  return found;
};

const contentKey = (): string => {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(sources, file)));
  return hash.digest("hex").slice(0, 12);
};

// The servers refuse to work with an empty version, which is set at link time.
const linkerFlags = (version: string): string => {
  const [, minor = "0"] = version.slice(1).split(".");
  const variables = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((name) => [
    `-X ${name}.gitVersion=${version}`,
    `-X ${name}.gitMajor=1`,
    `-X ${name}.gitMinor=${minor}`,
  ]);
  return ["-s", "-w", ...variables].join(" ");
};

const findGo = (): string => {
  for (const program of ["go", "/usr/local/go/bin/go"]) {
    const version = spawnSync(program, ["env", "GOVERSION"], { encoding: "utf8", env: { ...process.env, GOTOOLCHAIN: "local" } });
    const minor = Number(/^go1\.(\d+)/.exec(version.stdout ?? "")?.[1] ?? 0);
    if (minor >= 26) return program;
  }
  throw new Error("Go 1.26 or newer is needed on PATH or in /usr/local/go to build the test control plane");
};

/**
 * The folder with one program per role and `kubectl`; built when it is not there (about 1,200 CPU seconds, once).
 * `KG_BUILD_JOBS` limits the compilers at work (2). Throws with the compiler's exit code when the build fails.
 */
export const buildControlPlane = (): string => {
  const version = kubernetesVersion();
  const cache = cacheFolder();
  const folder = join(cache, "kube", `${version}-${contentKey()}`);
  if (existsSync(join(folder, "kubectl"))) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const program = join(unfinished, "control-plane");
  const jobs = process.env["KG_BUILD_JOBS"] ?? "2";
  console.log(`building the test control plane ${version} into ${folder} (10 to 30 minutes, once)`);
  const build = spawnSync(
    findGo(),
    ["build", "-p", jobs, "-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(version), "-o", program, "."],
    {
      cwd: sources,
      stdio: "inherit",
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOFLAGS: "-mod=readonly",
        GOTOOLCHAIN: "local",
        GOMODCACHE: join(cache, "gomod"),
        GOCACHE: join(cache, "gobuild"),
      },
    },
  );
  if (build.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`go build ended with ${build.status ?? build.signal ?? String(build.error)}`);
  }
  for (const role of [...roles, "kubectl"]) symlinkSync("control-plane", join(unfinished, role));
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  return folder;
};
