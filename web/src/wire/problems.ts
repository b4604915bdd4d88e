// Refusals of the server as one class: a stable code to switch on, and the server's own sentence.
import type { Refusal } from "./types";

/** A request or command that did not succeed; `status` is 0 when no answer came at all. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly refusal: Refusal;
  /** The whole document, for the few codes that bring something along. */
  readonly body: unknown;
  /** Seconds before which the server does not want to be asked again, where it said so. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: string,
    detail: string,
    status: number,
    more: Pick<Refusal, "reason" | "fault" | "words" | "factors" | "maxAgeS"> = {},
    body?: unknown,
    retryAfterS?: number,
  ) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.refusal = { code, detail, ...more };
    this.body = body;
    this.retryAfterS = retryAfterS;
  }
}

export const textOf = (body: unknown, member: string): string | undefined => {
  if (typeof body !== "object" || body === null) return undefined;
  const value = (body as Record<string, unknown>)[member];
  return typeof value === "string" && value !== "" ? value : undefined;
};

const numberOf = (body: unknown, member: string): number | undefined => {
  if (typeof body !== "object" || body === null) return undefined;
  const value = (body as Record<string, unknown>)[member];
  return typeof value === "number" ? value : undefined;
};

/** Read `application/problem+json` (RFC 9457); anything else becomes the code `unexpected_answer`. */
export function problemOf(status: number, body: unknown, headers?: Headers): Problem {
  const detail = textOf(body, "detail") ?? textOf(body, "title") ?? `The server answered ${status}.`;
  const [reason, fault, words] = [textOf(body, "reason"), textOf(body, "fault"), textOf(body, "provider_words")];
  const factors = textOf(body, "acr_values"); // RFC 9470
  const maxAgeS = numberOf(body, "max_age");
  const more = {
    ...(reason && { reason }),
    ...(fault && { fault }),
    ...(words && { words }),
    ...(factors && { factors }),
    ...(maxAgeS !== undefined && { maxAgeS }),
  };
  return new Problem(textOf(body, "code") ?? "unexpected_answer", detail, status, more, body, retryAfterOf(headers));
}

/** The problem of an answer that was no success. */
export const problemFrom = async (answer: Response): Promise<Problem> =>
  problemOf(answer.status, await answer.json().catch(() => undefined), answer.headers);

const HTTP_DATE = / GMT$/;

/** Seconds, or a date (RFC 9110, section 10.2.3); what is neither was not said. */
function retryAfterOf(headers: Headers | undefined): number | undefined {
  const told = headers?.get("retry-after") ?? "";
  if (/^\d+$/.test(told)) return Number(told);
  const seconds = HTTP_DATE.test(told) ? (Date.parse(told) - Date.now()) / 1_000 : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** The server could not be reached. */
export const unreachable = () => new Problem("unreachable", "The server could not be reached.", 0);

/** What to tell about anything that was thrown. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Problem) return thrown.refusal;
  return { code: "unexpected", detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
