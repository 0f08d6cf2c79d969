// Errors over HTTP: RFC 9457 problem details.

/** `application/problem+json`. `field` names what was wrong in a 400; `clusters` the choices in a 409. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string;
  clusters?: string[];
  retry_after_s?: number;
};
