// Schemas of the health probes and of problem details.
import Type from "typebox";
import type { Problem } from "../../protocol/problem.ts";
import { agree } from "./agree.ts";

/** `/healthz`: the process answers. */
export const Health = Type.Object({ status: Type.Enum(["ok"]), version: Type.String() });

/** `/readyz`: whether traffic may be sent, and why not. */
export const ReadinessSchema = Type.Object({ ready: Type.Boolean(), reasons: Type.Array(Type.String()) });

/** RFC 9457. */
export const ProblemSchema = agree<Problem>()(
  Type.Object({
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    field: Type.Optional(Type.String({ description: "400: what was wrong" })),
    clusters: Type.Optional(Type.Array(Type.String(), { description: "409: the choices" })),
    retry_after_s: Type.Optional(Type.Number()),
  }),
);
