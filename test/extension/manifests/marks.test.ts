// From an open incident to the place in a file: which manifests are meant, and which field of them matters.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import "../../kit/vscode-stub.ts";
import type { WireCause } from "../../../agent/protocol/incident.ts";
import { fieldSpan } from "../../../extension/manifests/field-of-cause.ts";
import { imageSettings } from "../../../extension/manifests/image-settings.ts";
import { generatedResources, readKustomization, renamingsOf } from "../../../extension/manifests/kustomization.ts";
import { placedResources } from "../../../extension/manifests/manifest-text.ts";
import { type Defined, finalNames, indexOf, marksOf } from "../../../extension/manifests/marks.ts";
import { incident, subject } from "../../kit/wire-builders.ts";

const SHOP = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata:
      labels: { app: shop }
    spec:
      serviceAccountName: buyer
      containers:
        - name: sidecar
          image: registry.test/sidecar:1
        - name: app
          image: registry.test/shop:1.5.0
          resources:
            limits:
              memory: 256Mi
          readinessProbe:
            httpGet: { path: /ready, port: 9090 }
          envFrom:
            - secretRef: { name: mail-credentials }
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: archive }
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector:
    app.kubernetes.io/name: shopp
  ports:
    - name: http
      port: 80
      targetPort: 9999
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-config
data:
  MEM_LIMIT_MB: "4096"
`;

type Facts = Partial<WireCause> & Pick<WireCause, "kind">;

function cause({ kind, name = "shop", ...over }: Facts): WireCause {
  return {
    ...subject(kind, `shop/${name}`),
    event_id: "e",
    reason: "",
    category: "unknown",
    confidence: 0.9,
    explanation: "",
    evidence: [],
    ...over,
  };
}

/** What the field of the cause is in this text, with the line it stands on. */
function marked(text: string, facts: Facts): string {
  const one = cause(facts);
  const placed = placedResources(text).find(({ resource }) => resource.kind === (facts.kind === "Pod" ? "Deployment" : facts.kind));
  assert.ok(placed);
  const { start, end } = fieldSpan(placed, one);
  return `${text.slice(0, start).split("\n").length}: ${text.slice(start, end)}`;
}

const evidence = (source: string, text = "") => ({ evidence: [{ source, text }] });

test("the field is the one that the evidence names", () => {
  const cases: readonly (readonly [facts: Facts, expected: string])[] = [
    [{ kind: "Deployment", ...evidence("Deployment shop/shop spec.template.spec.containers[app].image") }, "19: registry.test/shop:1.5.0"],
    [{ kind: "Deployment", ...evidence("Deployment shop/shop spec.template.spec.containers[app].resources.limits.memory") }, "22: 256Mi"],
    [{ kind: "Deployment", ...evidence("Deployment shop/shop spec.template.spec.containers[app].readinessProbe") }, "23: readinessProbe"],
    [{ kind: "Deployment", ...evidence("Deployment shop/shop spec.replicas") }, "8: 3"],
    [{ kind: "Service", ...evidence("Service shop/shop spec.ports[http].targetPort") }, "41: 9999"],
    [{ kind: "Service", ...evidence("Service shop/shop spec.selector.app.kubernetes.io/name") }, "37: shopp"],
    [{ kind: "ConfigMap", ...evidence("ConfigMap shop/shop-config data[MEM_LIMIT_MB]") }, '48: "4096"'],
  ];
  for (const [facts, expected] of cases) assert.equal(marked(SHOP, facts), expected);
});

test("a pod's field is the one in its workload's template", () => {
  assert.equal(
    marked(SHOP, { kind: "Pod", ...evidence("Pod shop/shop-5867f8885d-24xww spec.containers[app].image") }),
    "19: registry.test/shop:1.5.0",
  );
});

test("what the manifest does not have is marked at what it has above it", () => {
  const missing = evidence("Deployment shop/shop spec.template.spec.containers[app].resources.requests.cpu");
  assert.equal(marked(SHOP, { kind: "Deployment", ...missing }), "20: resources");
});

test("where the evidence names no field, a name that it quotes does, else the reason, else the resource's name is marked", () => {
  const status = "Pod shop/shop-5867f8885d-24xww status.containerStatuses[app].state.waiting";
  const secret = { kind: "Pod", reason: "MissingSecret", category: "config", ...evidence(status, 'secret "mail-credentials" not found') };
  assert.equal(marked(SHOP, secret), "26: mail-credentials");
  assert.equal(marked(SHOP, { ...secret, ...evidence("Event", 'persistentvolumeclaim "archive" not found') }), "29: archive");
  assert.equal(
    marked(SHOP, { kind: "Pod", reason: "ErrImagePull", category: "image", ...evidence(status) }),
    "19: registry.test/shop:1.5.0",
  );
  assert.equal(marked(SHOP, { kind: "Pod", reason: "OOMKilled", category: "resources", ...evidence(status) }), "22: 256Mi");
  assert.equal(
    marked(SHOP, { kind: "Pod", reason: "ReadinessProbeFailed", category: "probe", ...evidence("Event") }),
    "23: readinessProbe",
  );
  assert.equal(marked(SHOP, { kind: "Service", reason: "SelectorMatchesNothing", category: "config" }), "36: selector");
  assert.equal(marked(SHOP, { kind: "Deployment", reason: "Panic", category: "application" }), "5: shop");
});

/** Files with what they define, renamed by the kustomizations among them. */
function workspace(files: Readonly<Record<string, string>>): Defined[] {
  const kustomizations = Object.entries(files).flatMap(([path, text]) =>
    path.includes("kustomization") ? (readKustomization(path, text) ?? []) : [],
  );
  const renamings = renamingsOf(kustomizations);
  return Object.entries(files).flatMap(([file, text]) => {
    const sets = file.includes("kustomization") || file.includes("values") ? imageSettings(text) : [];
    const placed = file.includes("kustomization") ? [...generatedResources(text), ...sets] : sets.length > 0 ? sets : placedResources(text);
    return placed.map(({ resource }, at) => ({ file, at, resource, names: finalNames(resource, renamings(file)) }));
  });
}

/** Files that define this resource. */
function definers(files: Readonly<Record<string, string>>, kind: string, path: string): string[] {
  return indexOf(workspace(files))(subject(kind, path)).map(({ file }) => file);
}

const manifest = (kind: string, name: string, namespace?: string) =>
  `kind: ${kind}\nmetadata:\n  name: ${name}\n${namespace ? `  namespace: ${namespace}\n` : ""}`;

test("a pod belongs to what makes it, by the shape of its name and nothing looser", () => {
  const files = {
    "web.yaml": manifest("Deployment", "web"),
    "db.yaml": manifest("StatefulSet", "db"),
    "agent.yaml": manifest("DaemonSet", "agent"),
    "night.yaml": manifest("CronJob", "night"),
  };
  assert.deepEqual(definers(files, "Pod", "shop/web-5867f8885d-24xww"), ["web.yaml"]);
  assert.deepEqual(definers(files, "ReplicaSet", "shop/web-5867f8885d"), ["web.yaml"]);
  assert.deepEqual(definers(files, "Pod", "shop/db-0"), ["db.yaml"]);
  assert.deepEqual(definers(files, "Pod", "shop/agent-x7k2p"), ["agent.yaml"]);
  assert.deepEqual(definers(files, "Pod", "shop/night-29012345-x7k2p"), ["night.yaml"]);
  assert.deepEqual(definers(files, "Pod", "shop/web-canary-5867f8885d-24xww"), []);
  assert.deepEqual(definers(files, "Deployment", "shop/db"), []);
});

test("a manifest of the right namespace wins over one without, and one of another namespace is not meant", () => {
  const files = {
    "a.yaml": manifest("Service", "web", "shop"),
    "b.yaml": manifest("Service", "web"),
    "c.yaml": manifest("Service", "web", "other"),
  };
  assert.deepEqual(definers(files, "Service", "shop/web"), ["a.yaml"]);
  assert.deepEqual(definers(files, "Service", "third/web"), ["b.yaml"]);
});

test("Kustomize: prefix, suffix and namespace along every overlay, and generated names with their hash", () => {
  const files = {
    "base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [a=b]\n",
    "base/web.yaml": manifest("Deployment", "web"),
    "prod/kustomization.yaml": "namespace: prod\nnamePrefix: eu-\nnameSuffix: -v2\nresources: [../base]\npatches:\n- path: patch.yaml\n",
    "prod/patch.yaml": manifest("Deployment", "web"),
  };
  assert.deepEqual(definers(files, "Deployment", "prod/eu-web-v2"), ["base/web.yaml", "prod/patch.yaml"]);
  assert.deepEqual(definers(files, "Deployment", "prod/web"), []);
  assert.deepEqual(definers(files, "ConfigMap", "prod/eu-settings-v2-k5b2hm4t9g"), ["base/kustomization.yaml"]);
});

test("kustomizations that take each other in end all the same", () => {
  const circle = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `k${at}/kustomization.yaml`,
        `namePrefix: a\nresources: [${Array.from({ length: count }, (_, to) => `../k${to}`).join(", ")}, web.yaml]\n`,
      ]),
    );
  assert.deepEqual(definers({ ...circle(1), "k0/web.yaml": manifest("Deployment", "web") }, "Deployment", "prod/aaaaaaaaweb"), [
    "k0/web.yaml",
  ]);
  // Too entangled to follow: the name stands as it is written.
  assert.deepEqual(definers({ ...circle(30), "k0/web.yaml": manifest("Deployment", "web") }, "Deployment", "prod/web"), ["k0/web.yaml"]);
});

test("Helm: rendered output is found document by document, and in a template what is written out", () => {
  const rendered = `---\n# Source: shop/templates/service.yaml\n${manifest("Service", "shop", "shop")}---\n# Source: shop/templates/deployment.yaml\n${manifest("Deployment", "shop", "shop")}`;
  assert.deepEqual(
    placedResources(rendered).map(({ resource }) => resource.kind),
    ["Service", "Deployment"],
  );
  const template = `{{- if .Values.on }}\n${manifest("Deployment", "shop")}spec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: "{{ .Values.image }}"\n        {{- toYaml .Values.more | nindent 8 }}\n{{- end }}\n`;
  const [placed] = placedResources(template);
  assert.equal(placed?.resource.name, "shop");
  assert.ok(placed);
  const { start, end } = fieldSpan(placed, cause({ kind: "Deployment", category: "image" }));
  assert.equal(template.slice(start, end), '"{{ .Values.image }}"');
});

test("an incident marks its root cause first, then what it hit, each resource once", () => {
  const root = cause({ kind: "ConfigMap", name: "shop-config", reason: "MemorySettingChanged" });
  const killed = cause({
    kind: "Pod",
    name: "shop-5867f8885d-24xww",
    reason: "OOMKilled",
    category: "resources",
    rejected_because: "explained",
  });
  const rival = cause({ kind: "Deployment", reason: "ImageChanged", category: "image" });
  const one = incident("a", 0, {
    root_cause: root,
    causes: [root, rival, killed],
    affected: ["Pod shop/shop-5867f8885d-24xww", "Pod shop/shop-5867f8885d-twrm8", "Service shop/shop"].map((name) => {
      const [kind = "", path = ""] = name.split(" ");
      return { ...subject(kind, path), role: "symptom" as const };
    }),
  });
  const marks = marksOf([one], indexOf(workspace({ "shop.yaml": SHOP })));
  assert.deepEqual(
    marks.map(({ role, defined, cause: known }) => `${role} ${defined.resource.kind} ${known?.reason ?? "-"}`),
    ["root ConfigMap MemorySettingChanged", "hit Deployment OOMKilled", "hit Service -"],
  );
  const unsure = marksOf([{ ...one, root_cause: null, causes: [root] }], indexOf(workspace({ "shop.yaml": SHOP })));
  assert.equal(unsure[0]?.role, "likeliest");
});

test("an image that does not pull is marked where its tag is set: in a kustomization, or in a chart's values", () => {
  const kustomization =
    "namePrefix: eu-\nimages:\n- name: shop\n  newName: registry.test/shop\n  newTag: 1.5.0\n- name: other\n  newTag: 1.5.0\n";
  const values =
    "web:\n  image:\n    registry: registry.test\n    repository: shop\n    tag: 1.5.0\n  old: { repository: shop, tag: 1.4.2 }\n";
  const root = cause({
    kind: "Deployment",
    reason: "ImageChanged",
    category: "image",
    ...evidence("x", "registry.test/shop:1.4.2 → registry.test/shop:1.5.0"),
  });
  const files = { "prod/kustomization.yaml": kustomization, "chart/values-prod.yaml": values, "shop.yaml": SHOP };
  const marks = marksOf([incident("a", 0, { root_cause: root, causes: [root] })], indexOf(workspace(files)));
  assert.deepEqual(
    marks.map(({ defined, role }) => `${role} ${defined.file}`),
    ["root shop.yaml", "root prod/kustomization.yaml", "root chart/values-prod.yaml"],
  );
  for (const [text, line] of [
    [kustomization, 5],
    [values, 5],
  ] as const) {
    const [placed] = imageSettings(text);
    assert.ok(placed);
    const { start, end } = fieldSpan(placed, root);
    assert.equal(`${text.slice(0, start).split("\n").length}: ${text.slice(start, end)}`, `${line}: 1.5.0`);
  }
});

test("whatever text comes, reading it ends without a fault", () => {
  const pieces = [
    "kind: Pod\n",
    "metadata:\n  name: a\n",
    "{{",
    "}}",
    "---\n",
    "&a ",
    "*a",
    "[",
    "{",
    "- ",
    ": ",
    "\t",
    "\u0000",
    "items:\n",
    "List",
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      for (const placed of placedResources(text)) fieldSpan(placed, cause({ kind: "Pod", category: "image" }));
      generatedResources(text);
      imageSettings(text);
      readKustomization("a/kustomization.yaml", text);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(placedResources("[".repeat(100_000)), []);
  assert.deepEqual(placedResources("{{".repeat(100_000)), []);
});
