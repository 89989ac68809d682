// Who becomes staff, gets a new passkey, or is staff no more: two administrators make somebody
// staff, one takes them off.

import { get, isMe, post, remove } from "./api.js";
import { button, checkbox, details, element, field, form, list, time } from "./page.js";

const ROLES = {
  administrator: "Administrator: says who is staff",
  operator: "Operator: proposes what is done to customers' accounts",
  reviewer: "Reviewer: approves what others propose",
  auditor: "Auditor: reads what staff have done",
};

export const enrolments = {
  title: "Enrolments",
  roles: ["administrator"],
  // Nobody enrols where a tenant says who is staff.
  ways: ["passkey"],
  async open(reopen) {
    const listed = await list(get, "staff/enrolments", (enrolment) => show(enrolment, reopen));
    return [proposal(reopen), ...listed];
  },
};

export const members = {
  title: "Members",
  roles: ["administrator"],
  async open(reopen, way) {
    return list(get, "staff/members", (member) => showMember(member, reopen, way));
  },
};

function proposal(reopen) {
  const roles = Object.entries(ROLES).map(([value, text]) =>
    checkbox(text, { name: "roles", value }),
  );
  const fields = [
    field("Name (an address at work)", { name: "name", autocomplete: "off" }),
    element("fieldset", {}, element("legend", {}, "Roles"), ...roles),
  ];
  return form("Propose somebody", fields, "Propose", async (given) => {
    const [name, roles] = [given.get("name").trim(), given.getAll("roles")];
    const proposed = await post("staff/enrolments", { type: "invitation", name, roles });
    await reopen(half(name, proposed.proposal_secret, "Another administrator must approve."));
  });
}

function show(enrolment, reopen) {
  const path = `staff/enrolments/${enrolment.enrolment_id}`;
  const approve = async () => {
    const { approval_secret } = await post(`${path}/approve`);
    const then = "With both halves they can enrol on this page, within a day.";
    await reopen(half(enrolment.name, approval_secret, then));
  };
  const reject = async () => {
    await post(`${path}/reject`);
    await reopen(element("p", { role: "status" }, `${enrolment.name} was rejected.`));
  };
  const actions = element("p", { class: "actions" });
  if (enrolment.status === "proposed") {
    actions.append(...(isMe(enrolment.proposed_by) ? [] : [button("Approve", approve)]));
    actions.append(button("Reject", reject));
  }
  const shown = details({
    Status: enrolment.status,
    Roles: enrolment.roles.join(", "),
    Member: enrolment.staff_id,
    "Proposed by": enrolment.proposed_by ?? "an operator with the function's key",
    "Proposed at": time(enrolment.proposed_at),
    "Decided by": enrolment.decided_by,
    "Decided at": time(enrolment.decided_at),
  });
  return element("article", {}, element("h3", {}, enrolment.name), shown, actions);
}

function showMember(member, reopen, way) {
  const renew = async () => {
    const wanted = { type: "re-enrolment", staff_id: member.staff_id };
    const proposed = await post("staff/enrolments", wanted);
    const then = "Another administrator must approve; the old passkey works until then.";
    await reopen(half(member.name, proposed.proposal_secret, then));
  };
  const takeOff = async () => {
    if (confirm(`Take ${member.name} off the staff? Their logins end at once.`)) {
      await remove(`staff/members/${member.staff_id}`);
      await reopen(element("p", { role: "status" }, `${member.name} is staff no more.`));
    }
  };
  const actions = element("p", { class: "actions" });
  actions.append(...(way.type === "passkey" ? [button("Propose a new passkey", renew)] : []));
  actions.append(...(isMe(member.staff_id) ? [] : [button("Remove", takeOff)]));
  const shown = details({
    Member: member.staff_id,
    Roles: member.roles.join(", "),
    "Can log in": member.is_enrolled ? "yes" : "not yet",
  });
  return element("article", {}, element("h3", {}, member.name), shown, actions);
}

/** One administrator's half of a secret, which is shown this once. */
function half(name, secret, then) {
  const text = `Give this to ${name} yourself, and to nobody else. It is not shown again.`;
  const shown = details({ "Half of the secret": element("code", {}, secret) });
  const [first, last] = [text, then].map((line) => element("p", {}, line));
  return element("article", { role: "status" }, first, shown, last);
}
