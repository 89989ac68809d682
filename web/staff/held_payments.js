// Payments between people that a rule has held: a reviewer lets one go to its payee, or back to its
// payer.

import { get, has, post } from "./api.js";
import { choice, details, element, field, form, list, money, time } from "./page.js";

const ENDS = {
  release: "The payee has the money",
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
      Payment: payment.peer_payment_id,
      Payer: party(payment.payer),
      Payee: party(payment.payee),
      Note: payment.note,
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

function party({ id, name }) {
  return [id, element("br"), name ?? ""];
}

function facts(known) {
  return details({
    "Given in the day, with this": money(known.day_total),
    "New device": known.is_new_device ? "yes" : "no",
    "New payee": known.is_new_payee ? "yes" : "no",
    "First payment to them": known.first_paid && money(known.first_paid),
    "Given to all new payees": known.given_to_new_payees && money(known.given_to_new_payees),
    "New payees in 24 hours": String(known.new_payees),
  });
}

function decision({ peer_payment_id }, reopen) {
  const fields = [
    choice("What becomes of it", { name: "end" }, ENDS),
    field("Reason, for staff alone", { name: "reason" }),
  ];
  return form("Decide", fields, "Decide", async (given) => {
    const end = given.get("end");
    await post(`held-payments/${peer_payment_id}/${end}`, { reason: given.get("reason").trim() });
    await reopen(element("p", { role: "status" }, `It is decided: ${ENDS[end].toLowerCase()}.`));
  });
}
