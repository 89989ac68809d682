// Logs in at the tenant of Entra ID that says who is staff, where that is configured: by the
// authorization code flow of a page that keeps no secret, with PKCE (RFC 7636).

import { begin, post } from "./api.js";

/** Where this tab keeps what it asked the tenant for, since the page is left meanwhile. */
const ASKED = "asked-of-entra-id";
const RANDOM_BYTES = 32;

/** Leaves for the tenant's own page. */
export async function leave(way) {
  const [state, nonce, verifier] = [random(), random(), random()];
  sessionStorage.setItem(ASKED, JSON.stringify({ state, nonce, verifier }));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    client_id: way.application,
    redirect_uri: here(),
    response_type: "code",
    // No server is sent a fragment, so none has the code in a log.
    response_mode: "fragment",
    scope: scope(way),
    state,
    nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    claims: asksFor(way),
    // That somebody was there before lets nobody in.
    prompt: "login",
  });
  location.assign(`${way.authorization_url}?${query}`);
}

/** What the tenant has sent this page back with; null if nothing. The address and the tab forget
 * it at once, whatever comes of it, and so they do what nobody came back with. */
export function takeAnswer() {
  const asked = JSON.parse(sessionStorage.getItem(ASKED));
  sessionStorage.removeItem(ASKED);
  if (location.hash === "") {
    return null;
  }
  const answer = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", here());
  return answer.has("state") ? { asked, answer } : null;
}

/** Logs in with what the tenant has sent, if this tab asked for it. */
export async function logInByEntraId(way, { asked, answer }) {
  if (asked === null || asked.state !== answer.get("state")) {
    throw new Error("This page has not asked for that log-in. Begin here.");
  }
  if (!answer.has("code")) {
    throw new Error(`Entra ID let nobody in: ${words(Object.fromEntries(answer))}`);
  }
  const { id_token, access_token } = await redeem(way, answer.get("code"), asked.verifier);
  const { iss, aud, nonce } = claims(id_token);
  if (iss !== way.issuer || aud !== way.application || nonce !== asked.nonce) {
    throw new Error("Entra ID answered another log-in than this. Begin again.");
  }
  return begin(await post("staff/entra-sessions", { entra_token: access_token }));
}

async function redeem(way, code, code_verifier) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: way.application,
    redirect_uri: here(),
    code,
    code_verifier,
    scope: scope(way),
    claims: asksFor(way),
  });
  const request = { method: "POST", body, cache: "no-store", credentials: "omit" };
  const response = await fetch(way.token_url, request).catch(() => {
    throw new Error("Entra ID cannot be reached. Begin again.");
  });
  const tokens = (await response.json().catch(() => null)) ?? {};
  if (!response.ok || !tokens.id_token || !tokens.access_token) {
    throw new Error(`Entra ID gave no token: ${words(tokens)}`);
  }
  return tokens;
}

/** Without `profile` no token says who somebody is. */
function scope(way) {
  return `openid profile ${way.application_scope}`;
}

/** What the access token is to say. */
function asksFor(way) {
  const acrs = { essential: true, value: way.context };
  return JSON.stringify({ access_token: { acrs } });
}

/** What a token says; of what is no token nothing. It has come from the tenant itself: nobody on
 * the way can have made it. */
function claims(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)) ?? {};
  } catch {
    return {};
  }
}

function words({ error, error_description }) {
  return error_description ?? error ?? "it did not say why";
}

/** The address that is registered in the tenant. */
function here() {
  return new URL("index.html", location.href).href;
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
