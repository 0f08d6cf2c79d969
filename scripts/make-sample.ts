// Makes samples/bad-rollout.jsonl.gz from a recording of a test cluster: takes out what gives the answer away or says that the cluster was simulated.
//
//   node scripts/make-sample.ts ../shared/services/kube/recordings/bad-rollout.jsonl samples/bad-rollout.jsonl.gz
//
// Out go: the ACTION lines (what the recorder did, the truth), the `chaos` labels that made the pods fail, and every trace of KWOK, which played the kubelet.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Labels and annotations of the test, also as FieldsV1 names them. */
const TEST_KEYS = /^(f:)?(chaos($|\/)|kwok\.x-k8s\.io\/)/;

/** KWOK in the kubelet's place; the recorder's own field manager in kubectl's. */
const MANAGERS: Readonly<Record<string, string>> = { kwok: "kubelet", kwok_controller: "kubelet", proof: "kubectl" };

/** What a real node would say of itself. */
const NODE_INFO: Readonly<Record<string, string>> = {
  kernelVersion: "6.12.0",
  osImage: "Debian GNU/Linux 13",
  kubeletVersion: "v1.34.2",
  containerRuntimeVersion: "containerd://2.1.4",
};

function clean(key: string, value: Json): Json {
  if (typeof value === "string") return cleanText(key, value);
  if (Array.isArray(value)) return value.map((entry) => clean(key, entry));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name, child]) => !TEST_KEYS.test(name) && !(isLabels(key) && isNodeType(name, child)));
  return Object.fromEntries(kept.map(([name, child]) => [name, clean(name, child)]));
}

function cleanText(key: string, value: string): string {
  if (key.endsWith("last-applied-configuration")) return JSON.stringify(clean("", JSON.parse(value) as Json));
  if (/kwok/.test(value) && NODE_INFO[key]) return NODE_INFO[key];
  return ["manager", "component", "reportingComponent", "reportingController"].includes(key) ? (MANAGERS[value] ?? value) : value;
}

function isLabels(key: string): boolean {
  return key === "labels" || key === "f:labels";
}

/** The label `type: kwok` of the nodes, and its entry in managedFields. */
function isNodeType(name: string, value: Json): boolean {
  return (name === "type" && value === "kwok") || name === "f:type";
}

const [input, output] = process.argv.slice(2);
if (!input || !output) throw new Error("usage: node scripts/make-sample.ts RECORDING.jsonl SAMPLE.jsonl.gz");
const lines = readFileSync(input, "utf8")
  .split("\n")
  .filter((line) => line !== "");
const kept = lines.map((line) => JSON.parse(line) as { [key: string]: Json }).filter((line) => line["type"] !== "ACTION");
const text = kept.map((line) => `${JSON.stringify(clean("", line))}\n`).join("");
const left = /chaos|kwok|"fake"/i.exec(text);
if (left) throw new Error(`left in the sample: ${text.slice(Math.max(0, left.index - 80), left.index + 80)}`);
writeFileSync(output, gzipSync(text, { level: 9 }));
process.stdout.write(`${kept.length} of ${lines.length} lines\n`);
