// What an app does about a request that was not answered, or was refused for now.

import type { components } from "../../target/openapi/payme.js";
import type { Send } from "./lossy.mjs";

export type Problem = components["schemas"]["Problem"];

const ATTEMPTS = 30;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** A longer wait is the customer's to decide: they are shown the message. */
const LONGEST_RETRY_AFTER_SECONDS = 15;
/** What a gateway answers on its own, without a problem. */
const GATEWAY_STATUSES = [502, 503, 504];

/** A refusal that the client has no way around. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly problem: Problem) {
    // A code that this client does not know is still shown in the server's words.
    super(`${problem.message} [${problem.code}: ${problem.detail}, trace ${problem.trace_id}]`);
  }
}

/**
 * Sends until there is an answer to act on. Each attempt has the same bytes, so also the same
 * idempotency key.
 */
export async function patiently(send: Send, request: Request): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    let pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
    try {
      const response = await send(request.clone());
      const seconds = await pauseAskedFor(response);
      if (seconds === null || attempt === ATTEMPTS) {
        return response;
      }
      pause = Math.max(pause, seconds * 1000);
    } catch (error) {
      // A fetch without an answer rejects with a TypeError.
      if (!(error instanceof TypeError) || attempt === ATTEMPTS) {
        throw error;
      }
    }
    await sleep(pause);
  }
}

/** Seconds; null if a repeat would not help, or too late. */
async function pauseAskedFor(response: Response): Promise<number | null> {
  if (response.status < 400) {
    return null;
  }
  const problem = await problemOf(response.clone());
  const isTemporary = problem?.retryable ?? GATEWAY_STATUSES.includes(response.status);
  const seconds = Number(response.headers.get("Retry-After") ?? 0);
  return isTemporary && seconds <= LONGEST_RETRY_AFTER_SECONDS ? seconds : null;
}

async function problemOf(response: Response): Promise<Problem | null> {
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("application/problem+json") ? await response.json() : null;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** What was asked for. */
export function given<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.error !== undefined) {
    throw new Refused(answer.error);
  }
  return answer.data as T;
}

export function newKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
