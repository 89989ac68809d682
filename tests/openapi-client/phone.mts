// A phone: its number, its key, and a login that it keeps alive.

import createClient from "openapi-fetch";
import type { Client } from "openapi-fetch";
import type { components, paths } from "../../target/openapi/payme.js";
import { DeviceKey } from "./device-key.mjs";
import type { LossyConnection } from "./lossy.mjs";
import { given, newKey, patiently, sleep } from "./patience.mjs";

type Schemas = components["schemas"];
export type Product = Schemas["Product"];

export interface Addresses {
  api: string;
  smsInbox: string;
  functionKey: string;
}

/** What its owner types when the app asks for the PIN. */
const PIN = "846201";
const SMS_POLLS = 100;
const SMS_POLL_MS = 100;
const CODE = /\b[0-9]{6}\b/;

export class Phone {
  /** Each is a moment when the customer has to type the PIN again. */
  logIns = 0;
  /** Without a token. */
  private readonly open: Client<paths>;
  /** As its owner. */
  readonly api: Client<paths>;
  private tokens: Schemas["Tokens"] | null = null;
  /** The greatest position answered: no list is older than what this phone has done or seen. */
  private readAfter = 0;
  private renewal: Promise<void> | null = null;

  private constructor(
    private readonly addresses: Addresses,
    private readonly connection: LossyConnection,
    private readonly product: Product,
    private readonly number: string,
    private readonly key: DeviceKey,
  ) {
    const options = { baseUrl: addresses.api, headers: { "Accept-Language": "en" } };
    const send = (request: Request) => patiently(connection.send, request);
    this.open = createClient<paths>({ ...options, fetch: send });
    this.api = createClient<paths>({ ...options, fetch: (request) => this.asOwner(request) });
  }

  static async signUp(
    addresses: Addresses,
    connection: LossyConnection,
    product: Product,
  ): Promise<Phone> {
    const digits = crypto.getRandomValues(new Uint32Array(1))[0]! % 10_000_000;
    const number = `+8526${String(digits).padStart(7, "0")}`;
    const key = await DeviceKey.generate();
    const phone = new Phone(addresses, connection, product, number, key);
    await phone.register();
    return phone;
  }

  get userId(): string {
    return this.login.user_id;
  }

  async sign(lines: string[]): Promise<string> {
    return this.key.sign(lines);
  }

  /** New tokens, or, where the connection has spent the refresh token in vain, a new login. */
  renew(): Promise<void> {
    // One for all who wait for it.
    this.renewal ??= this.renewOnce().finally(() => (this.renewal = null));
    return this.renewal;
  }

  private get login(): Schemas["Tokens"] {
    if (this.tokens === null) {
      throw new Error("nobody is logged in");
    }
    return this.tokens;
  }

  private async asOwner(request: Request): Promise<Response> {
    const { access_token } = this.login;
    const response = await this.withToken(request);
    if (response.status !== 401) {
      return response;
    }
    if (this.login.access_token === access_token) {
      await this.renew();
    }
    return this.withToken(request);
  }

  private async withToken(request: Request): Promise<Response> {
    const copy = request.clone();
    copy.headers.set("Authorization", `Bearer ${this.login.access_token}`);
    if (request.method === "GET" && this.readAfter > 0) {
      copy.headers.set("Read-After", String(this.readAfter));
    }
    const response = await patiently(this.connection.send, copy);
    this.readAfter = Math.max(this.readAfter, Number(response.headers.get("Read-After") ?? 0));
    return response;
  }

  private async renewOnce(): Promise<void> {
    const { device_id, refresh_token } = this.login;
    const signed_at = new Date().toISOString();
    const lines = ["payme-act-v1", "renew-tokens", device_id, refresh_token, signed_at];
    const signature = await this.sign(lines);
    const answer = await this.open.POST("/api/v1/auth/tokens", {
      params: { header: { "Device-Signed-At": signed_at, "Device-Signature": signature } },
      body: { refresh_token },
    });
    switch (answer.error?.code) {
      case "refresh-token-invalid":
      case "refresh-token-reused":
        return this.logIn();
      default:
        this.tokens = given(answer);
    }
  }

  private async logIn(): Promise<void> {
    this.logIns += 1;
    const { device_id } = this.login;
    const signed_at = new Date().toISOString();
    const lines = ["payme-login-v1", device_id, this.product, signed_at];
    const signature = await this.sign(lines);
    const answer = await this.open.POST("/api/v1/auth/sessions", {
      params: { header: newKey() },
      body: { device_id, pin: PIN, product: this.product, signed_at, signature },
    });
    this.tokens = given(answer);
  }

  private async register(): Promise<void> {
    const device = { name: "Lossy phone", key: await this.key.publicKey() };
    const asked = await this.open.POST("/api/v1/auth/otp-challenges", {
      body: { phone: this.number, purpose: "log-in" },
    });
    const { challenge_id } = given(asked);
    const tried = new Set<string>();
    for (let poll = 0; poll < SMS_POLLS; poll += 1) {
      // A request that was sent twice has sent two codes, and a message does not say whose it is.
      for (const code of (await this.codes()).filter((code) => !tried.has(code))) {
        tried.add(code);
        const answer = await this.open.POST("/api/v1/auth/users", {
          params: { header: newKey() },
          body: { challenge_id, code, pin: PIN, product: this.product, device },
        });
        if (answer.error?.code !== "otp-invalid") {
          this.tokens = given(answer);
          return;
        }
      }
      await sleep(SMS_POLL_MS);
    }
    throw new Error("no text message had the code");
  }

  /** The newest first. Text messages do not come over the connection that is lossy. */
  private async codes(): Promise<string[]> {
    const to = encodeURIComponent(this.number);
    const response = await fetch(`${this.addresses.smsInbox}/messages?to=${to}`);
    const messages: { message: string }[] = await response.json();
    return messages.flatMap(({ message }) => CODE.exec(message)?.[0] ?? []);
  }
}

