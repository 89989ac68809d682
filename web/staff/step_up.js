// The rules of step-up: which acts ask for more than a login. One administrator proposes all rules
// as they should be, another approves them; then they hold in every service.

import { get, isMe, post } from "./api.js";
import { button, details, element, field, form, list, table, time } from "./page.js";

const PATH = "staff/step-up-policies";

export const stepUp = {
  title: "Step-up",
  roles: ["administrator"],
  async open(reopen) {
    const current = await get(`${PATH}/current`);
    const listed = await list(get, PATH, (proposed) => show(proposed, current, reopen));
    const holds = ruleTable(`Version ${current.version} holds`, current.rules);
    return [holds, proposal(current, reopen), ...listed];
  },
};

/** What holds is what is changed: nobody writes all rules anew. */
function proposal(current, reopen) {
  const rules = field("All rules, in their order", { name: "rules", rows: 12 }, "textarea");
  rules.lastChild.value = JSON.stringify(current.rules, null, 2);
  const reason = field("What it is for", { name: "reason", autocomplete: "off" });
  return form("Propose other rules", [rules, reason], "Propose", async (given) => {
    const wanted = {
      replaces_version: current.version,
      rules: JSON.parse(given.get("rules")),
      reason: given.get("reason").trim(),
    };
    await post(PATH, wanted);
    await reopen(said("Another administrator must approve these rules."));
  });
}

function show(proposed, current, reopen) {
  const path = `${PATH}/${proposed.policy_id}`;
  const decide = (verb, then) => async () => {
    await post(`${path}/${verb}`);
    await reopen(said(then));
  };
  const actions = element("p", { class: "actions" });
  if (proposed.status === "proposed") {
    const approve = button("Approve", decide("approve", "They hold in a few seconds."));
    // Made of rules that hold no more, they would undo what was approved since.
    const mayApprove = !isMe(proposed.proposed_by) && proposed.replaces_version === current.version;
    actions.append(...(mayApprove ? [approve] : []));
    actions.append(button("Reject", decide("reject", "These rules were rejected.")));
  }
  const shown = details({
    Status: proposed.status,
    Version: proposed.version === null ? null : String(proposed.version),
    Replaces: `version ${proposed.replaces_version}`,
    "Proposed by": proposed.proposed_by,
    "Proposed at": time(proposed.proposed_at),
    "Decided by": proposed.decided_by,
    "Decided at": time(proposed.decided_at),
  });
  const rules = proposed.status === "proposed" ? [ruleTable("Rules", proposed.rules)] : [];
  const heading = element("h3", {}, proposed.reason);
  return element("article", {}, heading, shown, ...rules, actions);
}

/** Each rule as it was written: whoever approves it reads all that it says. */
function ruleTable(caption, rules) {
  const rows = rules.map(({ acts, answer, ...conditions }) => {
    const set = Object.entries(conditions).filter(([, value]) => value !== null);
    const when = set.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
    return [acts.join(", "), when === "" ? "always" : when, answer];
  });
  return table(caption, ["Acts", "When", "Answer"], rows);
}

function said(text) {
  return element("p", { role: "status" }, text);
}
