// What the two customers do, each step once, whatever the connection does to it.

import type { components } from "../../target/openapi/payme.js";
import { assertEqual } from "./expect.mjs";
import { given, newKey } from "./patience.mjs";
import type { Phone } from "./phone.mjs";

type Schemas = components["schemas"];
type PaymentRequest = Schemas["PaymentRequest"];
type Payment = Schemas["Payment"];

const PAYER_NAME = "陳大文";
const SHOP_NAME = "永記茶餐廳";
const SHOP_NAME_LATIN = "Wing Kee Tea House";
const MERGE_PATCH = { "Content-Type": "application/merge-patch+json" };

export async function topUpWallet(
  { api }: Phone,
  amount: Schemas["Money"],
): Promise<Schemas["TopUp"]> {
  const answer = await api.POST("/api/v1/wallets/me/top-ups", {
    params: { header: newKey() },
    body: { amount },
  });
  return given(answer);
}

/** Reads, changes and sends, until it stands there: an answer that was lost leaves an old ETag. */
export async function chooseName({ api }: Phone): Promise<void> {
  for (;;) {
    const read = await api.GET("/api/v1/users/me");
    if (given(read).display_name === PAYER_NAME) {
      return;
    }
    const changed = await api.PATCH("/api/v1/users/me", {
      params: { header: { "If-Match": etag(read.response) } },
      headers: MERGE_PATCH,
      body: { display_name: PAYER_NAME },
    });
    if (changed.error?.code !== "version-stale") {
      given(changed);
    }
  }
}

export async function openShop({ api }: Phone): Promise<string> {
  const created = await api.POST("/api/v1/businesses", {
    params: { header: newKey() },
    body: { shop_name: SHOP_NAME, category_code: "5812" },
  });
  const { business_id } = given(created);
  const path = { business_id };
  for (;;) {
    const read = await api.GET("/api/v1/businesses/{business_id}", { params: { path } });
    if (given(read).shop_name_latin === SHOP_NAME_LATIN) {
      return business_id;
    }
    const changed = await api.PATCH("/api/v1/businesses/{business_id}", {
      params: { path, header: { "If-Match": etag(read.response) } },
      headers: MERGE_PATCH,
      body: { shop_name_latin: SHOP_NAME_LATIN },
    });
    if (changed.error?.code !== "version-stale") {
      given(changed);
    }
  }
}

export async function ask(
  { api }: Phone,
  business_id: string,
  amount: Schemas["Money"],
): Promise<PaymentRequest> {
  const answer = await api.POST("/api/v1/payment-requests", {
    params: { header: newKey() },
    body: { business_id, amount, description: "Table 7" },
  });
  return given(answer);
}

/** The text of the QR code; a test of the picture is elsewhere. */
export async function code(
  { api }: Phone,
  { payment_request_id }: PaymentRequest,
): Promise<string> {
  const answer = await api.GET("/api/v1/qr/payment-requests/{payment_request_id}.{format}", {
    params: { path: { payment_request_id, format: "txt" } },
    parseAs: "text",
  });
  return given(answer);
}

export async function scan({ api }: Phone, payload: string): Promise<PaymentRequest> {
  const scanned = given(await api.POST("/api/v1/qr/scans", { body: { payload } }));
  if (scanned.type !== "payment-request") {
    throw new Error(`the code is one of ${scanned.type}`);
  }
  const { payment_request_id } = scanned;
  const answer = await api.GET("/api/v1/payment-requests/{payment_request_id}", {
    params: { path: { payment_request_id } },
  });
  const request = given(answer);
  assertEqual(request.shop_name, SHOP_NAME, "the shop that the payer sees");
  assertEqual(request.status, "open", "the request's status");
  return request;
}

export async function pay(phone: Phone, request: PaymentRequest): Promise<Payment> {
  const { payment_request_id, business_id, amount } = request;
  const header = newKey();
  const signed_at = new Date().toISOString();
  const signature = await phone.sign([
    "payme-confirmation-v3",
    "payment",
    phone.userId,
    business_id,
    String(amount.amount),
    amount.currency,
    "0", // no fee
    payment_request_id,
    "", // no reference
    header["Idempotency-Key"],
    signed_at,
  ]);
  const answer = await phone.api.POST("/api/v1/payments", {
    params: { header },
    body: {
      payment_request_id,
      business_id,
      amount,
      confirmation: { type: "device", signed_at, signature },
    },
  });
  return given(answer);
}

function etag(response: Response): string {
  const value = response.headers.get("ETag");
  if (value === null) {
    throw new Error("no ETag");
  }
  return value;
}
