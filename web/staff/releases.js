// What was stopped and may be let go: an operator proposes, a reviewer reads the account and
// approves.

import { get, has, isMe, post } from "./api.js";
import { button, choice, details, element, field, form, list, money, time } from "./page.js";

const SCOPES = {
  unfreeze: "Unfreeze all",
  "allow-incoming": "Let money come in again",
  "legal-hold": "Hold less by law",
};

export const releases = {
  title: "Releases",
  roles: ["operator", "reviewer"],
  async open(reopen) {
    const listed = await list(get, "releases", (release) => showInList(release, reopen));
    const waiting = element("h3", {}, "Proposed, and not yet decided");
    return [...(has("operator") ? [proposal(reopen)] : []), waiting, ...listed];
  },
};

function proposal(reopen) {
  const remaining = field("Still held, in HK$ (0: nothing)", {
    name: "remaining",
    type: "number",
    min: "0",
    step: "0.01",
    disabled: true,
  });
  remaining.hidden = true;
  const choose = ({ target }) => {
    remaining.hidden = target.value !== "legal-hold";
    remaining.querySelector("input").disabled = remaining.hidden;
  };
  const fields = [
    field("Account (usr_… or biz_…)", { name: "account", autocomplete: "off" }),
    choice("What is let go", { name: "scope", change: choose }, SCOPES),
    remaining,
    field("Reason", { name: "reason" }),
  ];
  return form("Propose a release", fields, "Propose", async (given) => {
    const release = { type: given.get("scope") };
    if (release.type === "legal-hold") {
      const amount = Math.round(Number(given.get("remaining")) * 100);
      release.remaining = amount === 0 ? null : { amount, currency: "HKD" };
    }
    const [account_id, reason] = [given.get("account").trim(), given.get("reason").trim()];
    await post("releases", { account_id, release, reason });
    await reopen(element("p", { role: "status" }, "It was proposed; a reviewer decides."));
  });
}

function showInList(release, reopen) {
  const article = element("article", { tabindex: "-1" });
  const read = async () => {
    article.replaceChildren(...show(await get(`releases/${release.release_id}`), reopen));
    article.focus();
  };
  article.append(
    element("h3", {}, release.account_id),
    describe(release),
    element("p", { class: "actions" }, button("Read with the account's history", read)),
  );
  return article;
}

function describe({ release, reason, proposer, proposed_at, expires_at }) {
  const { type, remaining } = release;
  return details({
    Release: SCOPES[type],
    "Still held": type === "legal-hold" ? (remaining ? money(remaining) : "nothing") : null,
    Reason: reason,
    "Proposed by": proposer,
    "Proposed at": time(proposed_at),
    "Can be approved until": time(expires_at),
  });
}

/** Whoever approves has read why it was stopped. */
function show({ release, account }, reopen) {
  const path = `releases/${release.release_id}`;
  const decide = (verb, done) =>
    button(verb, async () => {
      await post(`${path}/${verb.toLowerCase()}`);
      await reopen(element("p", { role: "status" }, done));
    });
  const actions = element("p", { class: "actions" });
  if (has("reviewer") && !isMe(release.proposed_by)) {
    actions.append(decide("Approve", "It was approved, and is done."));
  }
  if (has("reviewer") || isMe(release.proposed_by)) {
    actions.append(decide("Reject", "It was rejected."));
  }
  return [
    element("h3", {}, release.account_id),
    describe(release),
    element("h4", {}, "The account"),
    details({
      Status: account.status,
      Balance: money(account.balance),
      "Held by law": money(account.legal_hold),
      "How well known": account.tier,
      "What was done, the newest first": account.freezes.map(line),
      "How its tier changed": account.tier_changes.map(tierLine),
    }),
    actions,
  ];
}

function line({ action, legal_hold, reason, operator, approved_by, changed_at }) {
  return details({
    [action]: time(changed_at),
    Held: legal_hold && money(legal_hold),
    Reason: reason,
    By: operator,
    "Approved by": approved_by,
  });
}

function tierLine({ tier, reason, operator, changed_at }) {
  return details({ [tier]: time(changed_at), Reason: reason, By: operator });
}
