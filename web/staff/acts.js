// What staff have done, for auditors.

import { get } from "./api.js";
import { details, element, list, time } from "./page.js";

export const acts = {
  title: "Acts",
  roles: ["auditor"],
  open: () => list(get, "staff/acts", show),
};

function show(act) {
  const shown = details({
    At: time(act.occurred_at),
    By: act.staff_id ?? "an operator with the function's key",
    About: act.about_staff_id ?? act.about_user_id,
  });
  return element("article", {}, element("h3", {}, `${act.name}: ${act.type}`), shown);
}
