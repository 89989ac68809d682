// Makes and asks for passkeys: WebAuthn's own JSON both ways.

import { begin, post } from "./api.js";

/** Makes somebody staff who has both halves of an enrolment's secret. */
export async function enrol(proposal_secret, approval_secret) {
  const halves = { proposal_secret, approval_secret };
  const { challenge_id, public_key } = await post("staff/enrolment-challenges", halves);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key);
  const credential = (await navigator.credentials.create({ publicKey })).toJSON();
  return post("staff/passkeys", { challenge_id, credential });
}

/** Nobody says who they are: the passkey does. */
export async function logIn() {
  const { challenge_id, public_key } = await post("staff/challenges");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key);
  const credential = (await navigator.credentials.get({ publicKey })).toJSON();
  return begin(await post("staff/sessions", { challenge_id, credential }));
}
