// Holds a run-time schema and the wire type it stands for together: where they differ, it does not compile.
import type { Static, TSchema } from "typebox";

type Both<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
// The names too: a schema that forgets an optional field is still assignable both ways.
type Same<A, B> = Both<A, B> extends true ? Both<keyof A, keyof B> : false;

/** `agree<WireStats>()(schema)` is the schema itself; it compiles only when the schema describes exactly `Wire`. */
export function agree<Wire>() {
  return <S extends TSchema>(schema: S & (Same<Static<S>, Wire> extends true ? unknown : never)): S => schema;
}
