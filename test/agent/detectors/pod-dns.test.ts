// Name servers that do not know the cluster.
import { test } from "node:test";
import { podDns } from "../../../agent/detectors/pod-dns.ts";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const dns = (nameservers: readonly string[], over: Record<string, string | boolean> = {}) => ({
  dnsPolicy: "None",
  dnsConfig: { nameservers },
  ...over,
});
const clusterDns = kit.service({ metadata: { name: "kube-dns", namespace: "kube-system" }, spec: { clusterIP: "10.96.0.10" } });

function workload(podSpec: ReturnType<typeof dns>, available: number): KubeObject {
  return kit.deployment({
    spec: { template: { spec: { containers: [kit.container()], ...podSpec } } },
    status: { availableReplicas: available, readyReplicas: available },
  });
}

test("a workload whose pods ask only a foreign name server and do not come up", () => {
  checkFindings(podDns, workload(dns(["203.0.113.9"]), 0), { objects: [clusterDns] }, ["ForeignNameserver"]);
});

test("no finding where it works, where the cluster's DNS is among the servers, and for the default policy", () => {
  const around = { objects: [clusterDns] };
  checkFindings(podDns, workload(dns(["203.0.113.9"]), 2), around, []);
  checkFindings(podDns, workload(dns(["10.96.0.10"]), 0), around, []);
  checkFindings(podDns, workload(dns(["203.0.113.9", "10.96.0.10"]), 0), around, []);
  checkFindings(podDns, workload(dns(["169.254.20.10"]), 0), around, []);
  checkFindings(podDns, workload(dns(["203.0.113.9"], { hostNetwork: true }), 0), around, []);
  checkFindings(podDns, workload(dns(["203.0.113.9"], { dnsPolicy: "ClusterFirst" }), 0), around, []);
});

test("a pod of its own is told of, a controlled one only repeats its controller", () => {
  const status = { conditions: [kit.condition("Ready", "False")] };
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d4f", controller: true };
  checkFindings(podDns, kit.pod({ spec: dns(["203.0.113.9"]), status }), {}, ["ForeignNameserver"]);
  checkFindings(podDns, kit.pod({ metadata: { ownerReferences: [owner] }, spec: dns(["203.0.113.9"]), status }), {}, []);
});
