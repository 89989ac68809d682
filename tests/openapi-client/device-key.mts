// The key in the phone's secure element.

import type { components } from "../../target/openapi/payme.js";

type PublicKey = components["schemas"]["DeviceKey"];

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

export class DeviceKey {
  private constructor(private readonly pair: CryptoKeyPair) {}

  static async generate(): Promise<DeviceKey> {
    return new DeviceKey(await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]));
  }

  async publicKey(): Promise<PublicKey> {
    // The service refuses the members that WebCrypto adds.
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", this.pair.publicKey);
    return { kty: kty!, crv: crv!, x: x!, y: y! };
  }

  /** ES256 in base64url over the lines, without a line end after the last. */
  async sign(lines: string[]): Promise<string> {
    const text = new TextEncoder().encode(lines.join("\n"));
    const how = { name: "ECDSA", hash: "SHA-256" };
    const signature = new Uint8Array(await crypto.subtle.sign(how, this.pair.privateKey, text));
    const base64 = btoa(String.fromCharCode(...signature));
    return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
}
