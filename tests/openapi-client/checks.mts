// What there is to see at the end: each thing once.

import type { components } from "../../target/openapi/payme.js";
import { assert, assertEqual, eventually, everyItem } from "./expect.mjs";
import { given } from "./patience.mjs";
import type { Phone } from "./phone.mjs";

type Schemas = components["schemas"];
type Payment = Schemas["Payment"];

async function notifications({ api }: Phone): Promise<Schemas["Notification"][]> {
  return everyItem(async (cursor) =>
    given(await api.GET("/api/v1/notifications", { params: { query: { cursor, limit: 1 } } })),
  );
}

export async function findNotification(
  phone: Phone,
  type: string,
  payment: Payment,
): Promise<void> {
  const { notification_id } = await eventually(`a notification ${type}`, async () => {
    const all = await notifications(phone);
    return all.find((one) => one.type === type && one.payment_id === payment.payment_id);
  });
  const marked = await phone.api.POST("/api/v1/notifications/{notification_id}/read", {
    params: { path: { notification_id } },
  });
  given(marked);
  const again = (await notifications(phone)).filter((one) => one.type === type);
  assertEqual(again.length, 1, `notifications ${type}`);
  assert(again[0]!.is_read, "it is marked read");
}

export async function checkConsumer(
  { api }: Phone,
  topUp: Schemas["TopUp"],
  payment: Payment,
  left: Schemas["Money"],
): Promise<void> {
  const wallet = given(await api.GET("/api/v1/wallets/me"));
  assertEqual(wallet.balance, left, "the wallet's balance");
  const movements = await everyItem(async (cursor) =>
    given(
      await api.GET("/api/v1/wallets/me/movements", { params: { query: { cursor, limit: 1 } } }),
    ),
  );
  assertEqual(
    movements.map((movement) => movement.subject.id),
    [payment.payment_id, topUp.top_up_id],
    "the wallet's movements",
  );
  const payments = given(await api.GET("/api/v1/payments"));
  assertEqual(payments.items, [payment], "the payments made");
  const home = given(await api.GET("/api/v1/home"));
  assert(home.type === "consumer", "it is the first screen of a consumer");
  assertEqual(home.wallet, wallet, "the first screen's wallet");
  assertEqual(
    home.movements?.map((movement) => movement.subject.id),
    [payment.payment_id, topUp.top_up_id],
    "the first screen's movements",
  );
  const devices = given(await api.GET("/api/v1/auth/devices"));
  assertEqual(devices.items.length, 1, "devices");
}

export async function checkMerchant(
  { api }: Phone,
  business_id: string,
  payment: Payment,
): Promise<void> {
  const query = { business_id };
  const businesses = given(await api.GET("/api/v1/businesses"));
  assertEqual(businesses.items.map((one) => one.business_id), [business_id], "businesses");
  const params = { path: { business_id } };
  const shop = given(await api.GET("/api/v1/wallets/businesses/{business_id}", { params }));
  // 1.5 percent, rounded half up.
  const fee = Math.round(payment.amount.amount * 0.015);
  const net = { ...payment.amount, amount: payment.amount.amount - fee };
  assertEqual(shop.balance, net, "the shop's balance");
  // The customer's phone was answered the position, not this one: the list may be a moment behind.
  const payments = await eventually("the payment received", async () => {
    const { items } = given(await api.GET("/api/v1/payments", { params: { query } }));
    return items.length > 0 ? items : undefined;
  });
  const received = { ...payment, fee: { ...payment.amount, amount: fee }, net };
  assertEqual(payments, [received], "the payments received");
  const requests = given(await api.GET("/api/v1/payment-requests", { params: { query } }));
  assertEqual(
    requests.items.map(({ status, payment_id }) => [status, payment_id]),
    [["paid", payment.payment_id]],
    "the payment requests",
  );
}
