// A customer makes a passkey in a browser, logs in with it and pays by it; the browser and the
// server refuse one that has not verified its user.
//
//     node customer.mjs '{"origin", "pin", "access_token", "user_id", "terms"}'

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { play } from "./browser.mjs";

await play(async (stage, { origin, pin, access_token, user_id, terms }) => {
  const { page, verifiesUser } = await stage.person("customer", `${origin}/blank`);
  const post = (path, body, token) => page.evaluate(send, { path, body, token });

  const made = await stage.step("register a passkey", async () => {
    const begun = await post("auth/passkey-registrations", { pin }, access_token);
    const { challenge_id, public_key } = given(begun, 200);
    const credential = await page.evaluate(create, public_key);
    const passkey = { challenge_id, name: "Chromium", credential };
    given(await post("auth/passkeys", passkey, access_token), 201);
    return credential;
  });

  const session = await stage.step("log in with it", async () => {
    const { challenge_id, public_key } = given(await post("auth/passkey-challenges"), 200);
    const credential = await page.evaluate(get, public_key);
    const body = { challenge_id, product: "consumer", credential };
    return given(await post("auth/passkey-sessions", body), 201);
  });
  assert.equal(session.user_id, user_id, "the passkey says whose it is");

  const key = randomUUID();
  /** Confirms the payment by the passkey, as strictly as `userVerification` says. */
  const confirm = async (userVerification) => {
    const signed_at = new Date().toISOString();
    const challenge = challengeOf({ user_id, terms, key, signed_at });
    const allowCredentials = [{ type: "public-key", id: made.id }];
    const rpId = new URL(origin).hostname;
    const options = { challenge, rpId, allowCredentials, userVerification };
    const credential = await page.evaluate(get, options);
    const { payment_request_id, business_id, amount } = terms;
    const body = {
      passkey: { signed_at, credential },
      type: "payment",
      payee_id: business_id,
      amount,
      fee: { amount: 0, currency: amount.currency },
      payment_request_id,
      idempotency_key: key,
    };
    return post("auth/payment-confirmations", body, session.access_token);
  };

  await verifiesUser(false);
  await stage.step("the browser refuses without user verification", () =>
    assert.rejects(confirm("required"), /NotAllowedError/),
  );
  await stage.step("the server refuses without user verification", async () => {
    const refusal = given(await confirm("discouraged"), 422);
    assert.equal(refusal.code, "passkey-not-verified");
    const { challenge_id, public_key } = given(await post("auth/passkey-challenges"), 200);
    const lax = {
      ...public_key,
      userVerification: "discouraged",
      allowCredentials: [{ type: "public-key", id: made.id }],
    };
    const credential = await page.evaluate(get, lax);
    const body = { challenge_id, product: "consumer", credential };
    const refused = given(await post("auth/passkey-sessions", body), 422);
    assert.equal(refused.code, "passkey-not-verified");
  });

  await verifiesUser(true);
  await stage.step("pay by it", async () => {
    const { token } = given(await confirm("required"), 200);
    const body = { ...terms, confirmation: { type: "pin", token } };
    const paid = await page.evaluate(send, {
      path: "payments",
      body,
      token: session.access_token,
      key,
    });
    given(paid, 201);
  });
});

/** What the payer agrees to, in the lines that a device would sign. */
function challengeOf({ user_id, terms, key, signed_at }) {
  const lines = [
    "payme-confirmation-v3",
    "payment",
    user_id,
    terms.business_id,
    terms.amount.amount,
    terms.amount.currency,
    0, // no fee
    terms.payment_request_id,
    "", // no reference
    key,
    signed_at,
  ];
  return createHash("sha256").update(lines.join("\n")).digest("base64url");
}

function given({ status, body }, expected) {
  assert.equal(status, expected, JSON.stringify(body));
  return body;
}

// From here on: what runs in the page.

async function send({ path, body, token, key = crypto.randomUUID() }) {
  const headers = { "Idempotency-Key": key };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  if (token !== undefined) {
    headers["Authorization"] = `Bearer ${token}`;
  }
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`/api/v1/${path}`, request);
  return { status: response.status, body: await response.json() };
}

async function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}

async function get(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}
