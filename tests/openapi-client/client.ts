// What a client developer writes against the generated types. It is compiled, never run: a document
// that says less than the routes do would not let it pass.

import createClient from "openapi-fetch";
import type { paths as Auth } from "../../target/openapi/types/auth";
import type { components, paths as Payments } from "../../target/openapi/types/payments";
import type { paths as UserProfile } from "../../target/openapi/types/user-profile";

type Money = components["schemas"]["Money"];

export async function topUp(baseUrl: string, token: string, amount: Money): Promise<Money> {
  const payments = createClient<Payments>({ baseUrl });
  const answer = await payments.POST("/api/v1/wallets/me/top-ups", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    headers: { Authorization: `Bearer ${token}` },
    body: { amount },
  });
  if (answer.error) {
    throw new Error(`${answer.error.code}: ${answer.error.detail}`);
  }
  return answer.data.amount;
}

export async function ownPhone(baseUrl: string, token: string): Promise<string> {
  const auth = createClient<Auth>({ baseUrl });
  const answer = await auth.GET("/api/v1/auth/users/me", {
    headers: { Authorization: `Bearer ${token}` },
  });
  if (answer.error) {
    throw new Error(answer.error.code);
  }
  return answer.data.phone;
}

export async function paymentOf(
  baseUrl: string,
  token: string,
  paymentRequestId: string,
): Promise<string | null> {
  const payments = createClient<Payments>({ baseUrl });
  const { data } = await payments.GET("/api/v1/payment-requests/{payment_request_id}", {
    params: { path: { payment_request_id: paymentRequestId } },
    headers: { Authorization: `Bearer ${token}` },
  });
  // A field that is always sent, and may be null.
  return data === undefined ? null : data.payment_id;
}

/** The name afterwards: null if there is none, or if somebody else was faster. */
export async function rename(baseUrl: string, token: string, name: string): Promise<string | null> {
  const profiles = createClient<UserProfile>({ baseUrl });
  const headers = { Authorization: `Bearer ${token}` };
  const read = await profiles.GET("/api/v1/users/me", { headers });
  const etag = read.response.headers.get("ETag");
  if (etag === null) {
    return null;
  }
  const changed = await profiles.PATCH("/api/v1/users/me", {
    params: { header: { "If-Match": etag } },
    headers,
    // What is absent stays.
    body: { display_name: name },
  });
  return changed.data === undefined ? null : changed.data.display_name;
}
