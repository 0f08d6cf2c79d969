// Certificates and tokens of the test control plane, made anew for each. A CA of its own: the controller manager refuses a self-signed certificate that is none.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const NAMES = "IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc";

/** Writes ca.crt, server.crt, server.key, service-accounts.key and tokens.csv into a folder. Throws when openssl fails. */
export function makeCredentials(folder: string): { readonly ca: string; readonly adminToken: string } {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  openssl("genrsa", "-out", at("service-accounts.key"), "2048");
  openssl("req", "-x509", ...CURVE, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "30", "-subj", "/CN=kgroot-test-ca");
  openssl("req", ...CURVE, "-keyout", at("server.key"), "-out", at("server.csr"), "-subj", "/CN=kube-apiserver");
  writeFileSync(at("server.ext"), `basicConstraints=CA:FALSE\nsubjectAltName=${NAMES}\n`);
  const signing = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", at("server.ext")];
  openssl("x509", "-req", "-in", at("server.csr"), ...signing, "-out", at("server.crt"));
  const adminToken = randomBytes(16).toString("hex");
  writeFileSync(at("tokens.csv"), `${adminToken},admin,1,system:masters\n`, { mode: 0o600 });
  return { ca: readFileSync(at("ca.crt"), "utf8"), adminToken };
}
