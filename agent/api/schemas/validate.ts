// Unknown input against a schema: the value, or the fault that names the field.
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { ApiFault } from "../fault.ts";

const FIELD_LENGTH_MAX = 200;

const compiled = new WeakMap<TSchema, Validator>();

/** The complaint about a value: which field (empty for the whole) and what was expected; undefined when the value is good. */
export function complaint(schema: TSchema, value: unknown): { readonly field: string; readonly text: string } | undefined {
  const validator = compiled.get(schema) ?? compile(schema);
  if (validator.Check(value)) return undefined;
  const errors = validator.Errors(value);
  // An unknown field is reported twice; the entry of the object itself names it.
  const error = errors.find(({ keyword }) => keyword === "additionalProperties") ?? errors[0];
  return error ? describe(error) : { field: "", text: "is not valid" };
}

/** Throws a bad-request fault that names the field when the value does not fit. */
export function check(schema: TSchema, value: unknown): void {
  const wrong = complaint(schema, value);
  if (wrong)
    throw new ApiFault(
      "badRequest",
      wrong.field ? `${wrong.field} ${wrong.text}` : `the parameters ${wrong.text}`,
      wrong.field ? { field: wrong.field } : {},
    );
}

function compile(schema: TSchema): Validator {
  const validator = Compile(schema);
  compiled.set(schema, validator);
  return validator;
}

function describe(error: TLocalizedValidationError): { field: string; text: string } {
  const at = fieldPath(error.instancePath);
  switch (error.keyword) {
    case "required":
      return { field: joined(at, error.params.requiredProperties[0] ?? ""), text: "is missing" };
    case "additionalProperties":
      return { field: joined(at, error.params.additionalProperties[0] ?? ""), text: "is not a known field" };
    case "enum":
      return { field: at, text: `must be one of ${error.params.allowedValues.join(", ")}` };
    default:
      return { field: at, text: error.message };
  }
}

/** `/resources/2/kind` as `resources[2].kind`. */
function fieldPath(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : joined(path, part)), "").slice(0, FIELD_LENGTH_MAX);
}

function joined(path: string, name: string): string {
  return (path ? `${path}.${name}` : name).slice(0, FIELD_LENGTH_MAX);
}
