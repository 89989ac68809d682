// What happened to the security of a person's account; each look is on record. An operator can end
// all their logins.

import { get, has, remove } from "./api.js";
import { button, details, element, field, form, list, time } from "./page.js";

export const people = {
  title: "People",
  roles: ["operator", "reviewer"],
  async open(reopen) {
    const found = element("div");
    const read = form(
      "Read what happened to an account",
      [field("Person (usr_…)", { name: "person", autocomplete: "off" })],
      "Read; this is written down",
      async (given) => {
        const path = `staff/users/${encodeURIComponent(given.get("person").trim())}`;
        found.replaceChildren(...(await list(get, `${path}/security-events`, show)));
        if (has("operator")) {
          found.append(element("p", { class: "actions" }, endLogins(path, reopen)));
        }
      },
    );
    return [read, found];
  },
};

function show(event) {
  const shown = details({ At: time(event.occurred_at), On: event.device_name, As: event.type });
  return element("article", {}, element("h3", {}, event.message), shown);
}

function endLogins(path, reopen) {
  return button("End all logins of this person", async () => {
    await remove(`${path}/sessions`);
    await reopen(element("p", { role: "status" }, "All their logins have ended."));
  });
}
