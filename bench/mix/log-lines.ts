// Log lines: the many that say nothing is wrong, and the few that do.
import type { Workload } from "./cluster.ts";
import type { Random } from "./random.ts";

const PATHS = ["/api/v1/orders", "/api/v1/items", "/healthz", "/metrics", "/login", "/static/app.js"];

/** A line of a service that works; some hold words that look like trouble and are none. */
export function plainLine(random: Random, nowMs: number): string {
  const time = new Date(nowMs).toISOString();
  const path = random.pick(PATHS);
  const took = random.below(400);
  switch (random.below(6)) {
    case 0:
      return `{"level":"info","ts":"${time}","msg":"request served","path":"${path}","status":200,"duration_ms":${took},"trace_id":"${random.uid()}"}`;
    case 1:
      return `10.2.${random.below(250)}.7 - - [${time}] "GET ${path} HTTP/1.1" 200 ${500 + took} "-" "Mozilla/5.0 (X11; Linux x86_64)"`;
    case 2:
      return `level=info ts=${time} caller=cache.go:${took} msg="cache refreshed" entries=${took * 17} errors=0`;
    case 3:
      return `${time} DEBUG [pool-3-thread-${random.below(16)}] c.e.orders.OrderService - reserved ${took} items, retries left 3`;
    case 4:
      return `I1124 10:15:${10 + random.below(49)}.${100_000 + took}       1 reconciler.go:${took}] "Reconciled" key="default/item-${took}"`;
    default:
      return `${time} INFO consumer lag is ${took}, 0 failed, next poll in 500 ms`;
  }
}

/** A line of a service that does not. */
export function errorLine(random: Random, { calls, name }: Workload): string {
  const upstream = calls?.name ?? `${name}-db`;
  switch (random.below(4)) {
    case 0:
      return `{"level":"error","msg":"request failed","error":"dial tcp 10.96.0.10:80: connect: connection refused","upstream":"http://${upstream}:80"}`;
    case 1:
      return `ERROR failed to call http://${upstream}:80/api: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    case 2:
      return `level=error msg="cannot read configuration" key=CACHE_TTL err="strconv.Atoi: parsing \\"five\\": invalid syntax"`;
    default:
      return `FATAL could not start: required setting ${random.pick(["DATABASE_URL", "UPSTREAM", "CACHE_TTL"])} is missing`;
  }
}
