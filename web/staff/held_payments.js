// Payments to people, and by FPS, that a rule has held: a reviewer lets one go to its payee, or
// back to its payer.

import { get, has, post } from "./api.js";
import { choice, details, element, field, form, list, money, time } from "./page.js";

const ENDS = {
  release: "The money goes to the payee",
  return: "The payer has it back",
};

export const heldPayments = {
  title: "Held payments",
  roles: ["operator", "reviewer"],
  async open(reopen) {
    return list(get, "held-payments", (payment) => show(payment, reopen));
  },
};

function show(payment, reopen) {
  const article = element(
    "article",
    {},
    element("h3", {}, `${money(payment.amount)}: ${payment.rule}`),
    details({
      Payment: payment.held_payment_id,
      Payer: party(payment.payer),
      Payee: party(payment.payee),
      "Known to FPS by": proxy(payment.fps_proxy),
      Note: payment.note,
      Reference: payment.reference,
      "Confirmed by": payment.confirmed_by,
      "Held at": time(payment.held_at),
      "Goes back by itself at": time(payment.decide_before),
      "What was known then": facts(payment.facts),
    }),
  );
  if (has("reviewer")) {
    article.append(decision(payment, reopen));
  }
  return article;
}

// Somebody outside has no id.
function party({ id, name }) {
  return id ? [id, element("br"), name ?? ""] : name;
}

function proxy(known) {
  return known && `${known.proxy_type} …${known.proxy_ending}`;
}

function facts(known) {
  return details({
    "Given in the day, with this": money(known.day_total),
    "New device": known.is_new_device ? "yes" : "no",
    "New payee": known.is_new_payee ? "yes" : "no",
    "First payment to them": known.first_paid && money(known.first_paid),
    "Given to all new payees": known.given_to_new_payees && money(known.given_to_new_payees),
    "New payees in 24 hours": String(known.new_payees),
    "Payer's risk, as the graph sees it": known.account_risk,
    "Frozen wallets next to the payer": String(known.frozen_neighbours),
  });
}

// What became of it, which need not be what was asked: a payee may not be payable by now.
function said({ status, returned_because: cause }) {
  return cause ? `It is decided: ${status} (${cause}).` : `It is decided: ${status}.`;
}

function decision({ held_payment_id }, reopen) {
  const fields = [
    choice("What becomes of it", { name: "end" }, ENDS),
    field("Reason, for staff alone", { name: "reason" }),
  ];
  return form("Decide", fields, "Decide", async (given) => {
    const end = given.get("end");
    const body = { reason: given.get("reason").trim() };
    const ended = await post(`held-payments/${held_payment_id}/${end}`, body);
    await reopen(element("p", { role: "status" }, said(ended)));
  });
}
