// Interned names: clusters and rids as small numbers. The writer keeps the numbers it met in memory, readers ask the file.
import type { ResourceId } from "../../domain/identity.ts";
import { number, text } from "../stored-values.ts";
import type { Sql } from "./sql.ts";

// About 150 bytes each: 15 MB.
const KNOWN_NODES_MAX = 100_000;

/** Numbers of clusters and rids. `make…` are for the writer, inside its transaction; `forget` after a transaction that was rolled back. */
export type Names = {
  makeCluster(name: string): number;
  findCluster(name: string): number | undefined;
  clusterName(id: number): string;
  clusterNames(): string[];
  makeNode(cluster: number, rid: ResourceId): number;
  findNode(cluster: number, rid: ResourceId): number | undefined;
  /** A node goes by another rid from now on. */
  moved(cluster: number, from: ResourceId, to: ResourceId, node: number): void;
  forget(): void;
};

/** Interned names of one connection. */
export function openNames(sql: Sql): Names {
  const clusters = new Map<string, number>();
  const clusterNames = new Map<number, string>();
  // By cluster: joining both into one key would cost more than the look-up.
  const nodes = new Map<number, Map<ResourceId, number>>();

  const findCluster = (name: string): number | undefined => {
    const known = clusters.get(name);
    if (known !== undefined) return known;
    const row = sql.get("SELECT id FROM cluster WHERE name = ?", name);
    if (!row) return undefined;
    clusters.set(name, number(row.id));
    return number(row.id);
  };
  const findNode = (cluster: number, rid: ResourceId): number | undefined => {
    const row = sql.get("SELECT id FROM node WHERE cluster = ? AND rid = ?", cluster, rid);
    return row ? number(row.id) : undefined;
  };
  const keep = (cluster: number, rid: ResourceId, node: number): number => {
    const known = nodes.get(cluster) ?? new Map<ResourceId, number>();
    if (known.size >= KNOWN_NODES_MAX) known.clear();
    nodes.set(cluster, known.set(rid, node));
    return node;
  };

  return {
    findCluster,
    findNode,
    makeCluster(name) {
      const found = findCluster(name);
      if (found !== undefined) return found;
      const made = sql.insert("INSERT INTO cluster (name) VALUES (?)", name);
      clusters.set(name, made);
      return made;
    },
    clusterName(id) {
      const known = clusterNames.get(id);
      if (known !== undefined) return known;
      const name = text(sql.get("SELECT name FROM cluster WHERE id = ?", id)?.name);
      clusterNames.set(id, name);
      return name;
    },
    clusterNames: () => sql.all("SELECT name FROM cluster ORDER BY name").map((row) => text(row.name)),
    makeNode(cluster, rid) {
      const known = nodes.get(cluster)?.get(rid);
      if (known !== undefined) return known;
      return keep(cluster, rid, findNode(cluster, rid) ?? sql.insert("INSERT INTO node (cluster, rid) VALUES (?, ?)", cluster, rid));
    },
    moved(cluster, from, to, node) {
      nodes.get(cluster)?.delete(from);
      keep(cluster, to, node);
    },
    forget() {
      clusters.clear();
      clusterNames.clear();
      nodes.clear();
    },
  };
}
