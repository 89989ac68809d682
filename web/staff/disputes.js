// Disputes that wait for staff: an operator proposes how one ends, a reviewer agrees in the version
// that they have read, or drops it.

import { get, getVersioned, has, post } from "./api.js";
import { button, choice, details, element, field, form, list, money, time } from "./page.js";

export const disputes = {
  title: "Disputes",
  roles: ["operator", "reviewer"],
  async open(reopen) {
    return list(get, "dispute-reviews", (dispute) => showInList(dispute, reopen));
  },
};

function showInList(dispute, reopen) {
  const article = element("article", { tabindex: "-1" });
  const read = async () => {
    const review = await getVersioned(`dispute-reviews/${dispute.dispute_id}`);
    article.replaceChildren(...show(review, reopen));
    article.focus();
  };
  article.append(
    element("h3", {}, `${money(dispute.amount)}: ${dispute.reason}`),
    details({ Dispute: dispute.dispute_id, "Opened at": time(dispute.opened_at) }),
    element("p", { class: "actions" }, button("Read with the payment", read)),
  );
  return article;
}

function show({ body: { dispute, payer_id, payment, ruling }, etag }, reopen) {
  const path = `dispute-reviews/${dispute.dispute_id}`;
  const done = (text) => reopen(element("p", { role: "status" }, text));
  const shown = [
    element("h3", {}, `${money(dispute.amount)}: ${dispute.reason}`),
    details({
      Dispute: dispute.dispute_id,
      Status: dispute.status,
      "The payer says": dispute.statement,
      "The shop says": dispute.answer ?? "nothing",
      "Opened at": time(dispute.opened_at),
    }),
    element("h4", {}, "The payment"),
    details({
      Payment: payment.payment_id,
      Payer: [payer_id, element("br"), payment.payer.name ?? ""],
      Shop: [dispute.business_id, element("br"), payment.payee.name ?? ""],
      Amount: money(payment.amount),
      Captured: payment.captured && money(payment.captured),
      Refunded: money(payment.refunded),
      Reference: payment.reference,
      Status: payment.status,
      "Completed at": time(payment.completed_at),
    }),
  ];
  if (ruling?.status === "proposed") {
    shown.push(element("h4", {}, "What is proposed"), describe(ruling), decision(path, etag, done));
  } else if (has("operator")) {
    shown.push(proposal(path, done));
  }
  return shown;
}

function describe({ upheld, reason, proposer, proposed_at }) {
  return details({
    Ends: upheld ? "for the payer: the shop gives it back" : "for the shop: nothing is given back",
    "Reason, for both sides": reason,
    "Proposed by": proposer,
    "Proposed at": time(proposed_at),
  });
}

function decision(path, etag, done) {
  const decide = (verb, text) =>
    button(verb, async () => {
      await post(`${path}/${verb.toLowerCase()}`, undefined, etag);
      await done(text);
    });
  const approve = decide("Approve", "It is decided; both sides are told.");
  const reject = decide("Reject", "The proposal was dropped; another can be made.");
  return element("p", { class: "actions" }, ...(has("reviewer") ? [approve] : []), reject);
}

function proposal(path, done) {
  const sides = {
    true: "The payer: the shop gives it back",
    false: "The shop: nothing is given back",
  };
  const fields = [
    choice("Who is right", { name: "upheld" }, sides),
    field("Reason, which both sides read", { name: "reason" }, "textarea"),
  ];
  return form("Propose how it ends", fields, "Propose", async (given) => {
    const upheld = given.get("upheld") === "true";
    await post(`${path}/propose`, { upheld, reason: given.get("reason").trim() });
    await done("It was proposed; a reviewer decides.");
  });
}
