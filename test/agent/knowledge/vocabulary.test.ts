// Words of alerts: subjects, categories, severities.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CATEGORIES } from "../../../agent/domain/episode.ts";
import { SEVERITIES } from "../../../agent/domain/severity.ts";
import { ALERTS, alertCategory, alertSeverity, SUBJECT_LABELS, subjectLabels } from "../../../agent/knowledge/vocabulary.ts";

const first = (alertname: string, labels: readonly string[]) => subjectLabels(alertname).find(({ label }) => labels.includes(label))?.kind;

test("every known alert has a category and a severity, and a subject kind that a label can name", () => {
  const kinds = SUBJECT_LABELS.map(({ kind }) => kind);
  for (const [name, { category, severity, kind }] of Object.entries(ALERTS)) {
    assert.ok(CATEGORIES.includes(category) && SEVERITIES.includes(severity), name);
    assert.ok(kind === undefined || kinds.includes(kind), name);
  }
  assert.equal(new Set(SUBJECT_LABELS.map(({ label }) => label)).size, SUBJECT_LABELS.length);
});

test("the labels of the exporter do not hide what the alert is about", () => {
  assert.equal(first("KubeDeploymentReplicasMismatch", ["pod", "instance", "deployment", "namespace"]), "Deployment");
  assert.equal(first("KubeNodeNotReady", ["pod", "node", "namespace"]), "Node");
  assert.equal(first("KubePodNotReady", ["pod", "namespace", "instance"]), "Pod");
  assert.equal(first("HighErrorRate", ["service", "namespace"]), "Service");
});

test("an alert's own label decides its severity, then what we know of its name", () => {
  assert.equal(alertSeverity("KubeNodeNotReady", "warning"), "WARNING");
  assert.equal(alertSeverity("KubeNodeNotReady", undefined), "FATAL");
  assert.equal(alertSeverity("Anything", "page"), "FATAL");
  assert.equal(alertSeverity("Anything", "purple"), "WARNING");
});

test("an unknown alert is told by the words in its name", () => {
  assert.equal(alertCategory("CheckoutHighErrorRate"), "application");
  assert.equal(alertCategory("PostgresReplicationLag"), "dependency");
  assert.equal(alertCategory("Zzz"), "unknown");
});
