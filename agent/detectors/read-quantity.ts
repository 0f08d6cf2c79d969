// Reads Kubernetes resource quantities such as `250m`, `1.5Gi` or `2e3`.
import type { Json } from "../domain/kube-object.ts";

// Suffixes of k8s.io/apimachinery/pkg/api/resource/quantity.go.
const FACTORS: ReadonlyMap<string, number> = new Map([
  ["n", 1e-9],
  ["u", 1e-6],
  ["m", 1e-3],
  ["", 1],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
]);

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/** The number a quantity stands for in base units (cores, bytes, pieces); undefined when it is none. */
export function parseQuantity(value: Json | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  const match = QUANTITY.exec(value.trim());
  if (match === null) return undefined;
  const factor = match[2] === undefined ? (FACTORS.get(match[3] ?? "") ?? Number.NaN) : 10 ** Number(match[2]);
  const result = Number(match[1]) * factor;
  return Number.isFinite(result) ? result : undefined;
}
