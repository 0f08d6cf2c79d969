// Checks what an assistant asks with, against the tool's own schema: models make parameters up.
import type { AssistantTool, ToolParameter } from "../../protocol/assistant-tools.ts";

/** Parameters that were checked; those that were left out have their default, or are missing. */
export type CheckedInput = { text(name: string): string | undefined; count(name: string): number };

/** The parameters are wrong; the message says which one, and what was expected. */
export class ToolInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ToolInputError";
  }
}

/** The parameters of one call. Throws ToolInputError. */
export function checkInput({ input }: AssistantTool, value: unknown): CheckedInput {
  const given: Readonly<Record<string, unknown>> = asRecord(value);
  const names = Object.keys(input.properties);
  for (const name of Object.keys(given)) {
    if (!names.includes(name))
      throw new ToolInputError(`there is no parameter ${JSON.stringify(name.slice(0, 60))}; it takes ${names.join(", ")}`);
  }
  for (const name of input.required) if (given[name] === undefined) throw new ToolInputError(`${name} is missing`);
  for (const [name, parameter] of Object.entries(input.properties)) {
    const one = given[name];
    const wrong = one === undefined ? undefined : expectation(parameter, one);
    if (wrong !== undefined) throw new ToolInputError(`${name} must be ${wrong}`);
  }
  return {
    text: (name) => (typeof given[name] === "string" ? given[name] : undefined),
    count: (name) => {
      const parameter = input.properties[name];
      return typeof given[name] === "number" ? given[name] : parameter?.type === "integer" ? parameter.default : 0;
    },
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new ToolInputError("the parameters must be an object");
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

/** What was expected, when the value is not that. */
function expectation(parameter: ToolParameter, value: unknown): string | undefined {
  if (parameter.type === "integer") {
    const { minimum, maximum } = parameter;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum;
    return fits ? undefined : `a whole number from ${minimum} to ${maximum}`;
  }
  if (parameter.enum)
    return typeof value === "string" && parameter.enum.includes(value) ? undefined : `one of ${parameter.enum.join(", ")}`;
  const fits = typeof value === "string" && value.length >= parameter.minLength && value.length <= parameter.maxLength;
  return fits ? undefined : `a text of ${parameter.minLength} to ${parameter.maxLength} characters`;
}
