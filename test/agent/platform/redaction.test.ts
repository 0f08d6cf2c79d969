// Secrets go, whatever they stand in; the names, ids and digests that a diagnosis needs stay.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSecretName, MASK, redactArguments, redactJson, redactText, redactValue } from "../../../agent/platform/redaction.ts";

// Put together at run time, so that no scanner takes this file for a leak.
const JWT = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJzeXN0ZW0ifQ", "c2lnbmF0dXJlLWhlcmU"].join(".");
const AWS_ID = `AKIA${"ABCDEFGH12345678"}`;
const PEM = ["-----BEGIN RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA7", "-----END RSA PRIVATE KEY-----"].join("\n");
const BASE64 = "q83vEjRWeJq83vASNFZ4kKvN7wEjRWeJq83vASNFZ4k=";
const HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

test("names that hold a secret are told from names that only speak of one", () => {
  const secret =
    "DB_PASSWORD db.password apiKey API_KEY STRIPE_SECRET --auth-token SSH_KEY pgpassword Authorization clientSecret AWS_SECRET_ACCESS_KEY DB_PASS";
  for (const name of secret.split(" ")) assert.equal(isSecretName(name), true, name);
  const plain =
    "DB_HOST SECRET_NAME PASSWORD_FILE TOKEN_TTL key PUBLIC_KEY monkey keyboard PARTITION_KEY PWD --authorization-mode secretName replicas TOKEN_URL";
  for (const name of plain.split(" ")) assert.equal(isSecretName(name), false, name);
});

test("text loses its secrets and keeps the rest", () => {
  const cases: [string, string][] = [
    ["dial postgres://app:s3cret@db:5432/shop failed", `dial postgres://${MASK}@db:5432/shop failed`],
    [`Authorization: Bearer ${JWT}`, `Authorization: Bearer ${MASK}`],
    ["authorization: Basic dXNlcjpwYXNz", `authorization: Basic ${MASK}`],
    ["upstream said no to bearer abcdefgh12345678", `upstream said no to bearer ${MASK}`],
    ["Set-Cookie: sid=abc; Path=/", `Set-Cookie: ${MASK}`],
    [`got ${JWT} from caller`, `got ${MASK} from caller`],
    [`using ${AWS_ID} for upload`, `using ${MASK} for upload`],
    [`before\n${PEM}\nafter`, `before\n${MASK}\nafter`],
    ["DB_PASSWORD=hunter2 LOG=debug", `DB_PASSWORD=${MASK} LOG=debug`],
    ["GET /login?token=abc123&user=eve", `GET /login?token=${MASK}&user=eve`],
    ['{"password":"a\\"b","user":"eve"}', `{"password":"${MASK}","user":"eve"}`],
    ['{\\"apiKey\\":\\"abc\\",\\"n\\":1}', `{\\"apiKey\\":\\"${MASK}\\",\\"n\\":1}`],
    [
      '[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"MODE","value":"fast"}]',
      `[{"name":"DB_PASSWORD","value":"${MASK}"},{"name":"MODE","value":"fast"}]`,
    ],
    ["- name: API_KEY\n  value: abc", `- name: API_KEY\n  value: ${MASK}`],
    ["mysql --password hunter2 -h db", `mysql --password ${MASK} -h db`],
    ["password: letmein", `password: ${MASK}`],
    [`loaded ${BASE64} at start`, `loaded ${MASK} at start`],
    [`cookie key ${HEX} rotated`, `cookie key ${MASK} rotated`],
  ];
  for (const [text, expected] of cases) assert.equal(redactText(text), expected);
});

test("what a diagnosis needs is left alone", () => {
  const texts = [
    `Pulled image nginx@sha256:${HEX}`,
    `docker-pullable://nginx@sha256:${HEX}`,
    `containerd://${HEX}`,
    `failed to set up sandbox "${HEX}" network for pod`,
    "registry.example.com/shop/api:3f786850e387550fdab836ed7e6dc881de23001b",
    "pod shop/checkout-worker-with-a-rather-long-name-7d4b9c6f58-x2x4z uid 6f1c2e34-9a8b-4c5d-8e7f-0a1b2c3d4e5f",
    "/var/lib/kubelet/pods/6f1c2e34-9a8b-4c5d-8e7f-0a1b2c3d4e5f/volumes/kubernetes.io~projected/kube-api-access-abcde",
    "HorizontalPodAutoscalerFailedGetResourceMetricForContainer1",
    'MountVolume.SetUp failed for volume "creds" : secret "db-password" not found',
    "couldn't find key DB_PASSWORD in Secret shop/db",
    "references non-existent secret key: password",
    "secret:shop:db-creds CONTROLS pod:shop:api-0",
    "invalid token: expired",
    "automountServiceAccountToken: true",
    "http://api.shop.svc.cluster.local:8080/orders?email=eve@example.com",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span ok",
    "--authorization-mode=Node,RBAC --tls-private-key-file=/etc/tls.key",
    'FATAL: password authentication failed for user "shop"',
  ];
  for (const text of texts) assert.equal(redactText(text), text);
});

test("values, arguments and nested JSON are masked by the name nearest to them", () => {
  assert.equal(redactValue("DB_PASSWORD", "x"), MASK);
  assert.equal(redactValue("DB_URL", "redis://:pw@cache:6379"), `redis://${MASK}@cache:6379`);
  assert.equal(redactValue("ENABLE_TOKEN", "true"), "true");
  assert.deepEqual(redactArguments(["--user", "eve", "--db-password", "x", "--api-key=y"]), [
    "--user",
    "eve",
    "--db-password",
    MASK,
    `--api-key=${MASK}`,
  ]);
  const env = {
    containers: [
      {
        image: "a:1",
        env: [
          { name: "API_TOKEN", value: "x" },
          { name: "MODE", value: "fast" },
        ],
      },
    ],
    secretName: "db",
  };
  const expected = {
    containers: [
      {
        image: "a:1",
        env: [
          { name: "API_TOKEN", value: MASK },
          { name: "MODE", value: "fast" },
        ],
      },
    ],
    secretName: "db",
  };
  assert.deepEqual(redactJson("spec", env), expected);
});

test("a secret of any bytes never survives, in any surroundings, and masking twice changes nothing", () => {
  const secret = fc.uint8Array({ minLength: 30, maxLength: 96 }).map((bytes) => Buffer.from(bytes));
  const word = fc.stringMatching(/^[a-z]{0,12}$/);
  const inContext = (value: string) => [
    `DB_PASSWORD=${value}`,
    `{"token":"${value}"}`,
    `Bearer ${value}`,
    `amqp://u:${value}@mq`,
    `--secret ${value}`,
  ];
  fc.assert(
    fc.property(secret, word, word, (bytes, before, after) => {
      const values = [bytes.toString("base64url"), bytes.toString("hex")];
      for (const value of values) {
        for (const text of inContext(value)) {
          const masked = redactText(`${before} ${text} ${after}`);
          assert.ok(!masked.includes(value), text);
          assert.equal(redactText(masked), masked);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("a random run without any context is masked; the seed is fixed because a run can look like a word by chance", () => {
  const run = fc.uint8Array({ minLength: 36, maxLength: 96 }).map((bytes) => Buffer.from(bytes).toString("base64"));
  fc.assert(
    fc.property(run, (value) => !redactText(`value was ${value} then`).includes(value)),
    { seed: 7, numRuns: 300 },
  );
});

test("any text at all: masking never throws and is idempotent", () => {
  const piece = fc.constantFrom(
    "password",
    "token",
    "=",
    ": ",
    '"',
    "\\",
    "'",
    "://",
    "@",
    "bearer ",
    "cookie",
    "secret",
    " ",
    "\n",
    "-----BEGIN PRIVATE KEY-----",
    "name:",
    " value:",
    MASK,
    "a1B2",
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 30 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (value) => {
      const once = redactText(value);
      assert.equal(redactText(once), once);
    }),
    { numRuns: 2000 },
  );
});
