// What every store must do, as tests: one call per adapter. Nothing here knows how a store keeps its rows.
import { suite, type TestContext, test } from "node:test";
import type { Excuse, StoreUnderTest } from "./store-case.ts";
import { ADMIN_CASES } from "./store-contract-admin.ts";
import { READ_CASES } from "./store-contract-read.ts";
import { TIME_CASES } from "./store-contract-time.ts";
import { WRITE_CASES } from "./store-contract-write.ts";

/** Registers the whole contract for one adapter; `cannot` lists what it is excused from. */
export function storeContract(
  name: string,
  makeStore: () => Promise<StoreUnderTest>,
  excuses: { readonly cannot: readonly Excuse[] },
): void {
  suite(`${name} keeps the store contract`, () => {
    for (const { title, needs, run } of [...WRITE_CASES, ...READ_CASES, ...TIME_CASES, ...ADMIN_CASES]) {
      const isExcused = needs !== undefined && excuses.cannot.includes(needs);
      test(title, { skip: isExcused ? `${name} is excused: ${needs}` : false }, async (context: TestContext) => {
        const under = await makeStore();
        context.after(() => under.dispose());
        await run(under.store, under);
      });
    }
  });
}
