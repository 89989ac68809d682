// Calls the API as the member of staff who is logged in. The token is in memory only: whoever
// leaves the page, or reloads it, is logged out.

const JSON_TYPE = "application/json";

/** What the API refuses, in its own words. */
export class Refused extends Error {
  constructor({ detail, title, code }, status) {
    super(`${detail ?? title ?? "The service did not say why."} (${code ?? status})`);
    this.status = status;
  }
}

/** Of the login: its token, its roles and when it ends; null while nobody is logged in. */
let login = null;
/** The idempotency key of each request that may have been done though its answer was lost. */
const unanswered = new Map();

/** Begins a login, as `POST /api/v1/staff/sessions` answers it. */
export function begin({ staff_id, roles, access_token, expires_in_seconds }) {
  login = { staff_id, roles, token: access_token, endsAt: Date.now() + expires_in_seconds * 1000 };
  return login;
}

/** Forgets the login. */
export function forget() {
  login = null;
  unanswered.clear();
}

export function has(role) {
  return login !== null && login.roles.includes(role);
}

export function isMe(staff_id) {
  return login !== null && login.staff_id === staff_id;
}

export async function get(path) {
  return (await call("GET", path)).body;
}

/** What was read, and its version as `If-Match` names it. */
export async function getVersioned(path) {
  const { body, etag } = await call("GET", path);
  return { body, etag };
}

/** Sent again after a lost answer, the same request has the same key, and so is done once. */
export async function post(path, body, etag) {
  const request = JSON.stringify([path, body, etag]);
  const key = unanswered.get(request) ?? crypto.randomUUID();
  unanswered.set(request, key);
  try {
    const answer = await call("POST", path, { body, etag, key });
    unanswered.delete(request);
    return answer.body;
  } catch (error) {
    if (error instanceof Refused && error.status < 500) {
      unanswered.delete(request);
    }
    throw error;
  }
}

/** Says how something is to be; once more changes nothing. */
export async function put(path, etag) {
  await call("PUT", path, { etag });
}

export async function remove(path) {
  await call("DELETE", path);
}

async function call(method, path, { body, etag, key } = {}) {
  const headers = new Headers({ Accept: JSON_TYPE });
  if (login !== null) {
    headers.set("Authorization", `Bearer ${login.token}`);
  }
  if (body !== undefined) {
    headers.set("Content-Type", JSON_TYPE);
  }
  if (etag !== undefined) {
    headers.set("If-Match", etag);
  }
  if (key !== undefined) {
    headers.set("Idempotency-Key", key);
  }
  const request = { method, headers, body: JSON.stringify(body), cache: "no-store" };
  const response = await fetch(`/api/v1/${path}`, request).catch(() => {
    throw new Error("The service cannot be reached. This may have been done; try again.");
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Refused(problem(text), response.status);
  }
  return { body: text === "" ? null : JSON.parse(text), etag: response.headers.get("ETag") };
}

/** What is no problem document (of a proxy, say) is refused without words. */
function problem(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
