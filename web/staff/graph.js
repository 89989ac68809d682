// Where money came from and went, by accounts under pseudonyms: how one looks, and who is near it.
// A reviewer who has looked may call it normal.

import { get, getVersioned, has, put } from "./api.js";
import { button, details, element, field, form, money, table, time } from "./page.js";

const NOBODY = "nobody knows any more";

export const graph = {
  title: "Graph",
  roles: ["operator", "reviewer"],
  async open() {
    const found = element("div", { "aria-live": "polite" });
    const fields = [
      field("Customer (usr_, biz_) or account (gac_)", {
        name: "account",
        pattern: "\\s*(usr|biz|gac)_[0-9a-z]{26}\\s*",
        autocomplete: "off",
      }),
      field("Steps from it", { name: "depth", type: "number", min: 1, max: 2, value: 1 }),
      field("Days back", { name: "days", type: "number", min: 1, max: 366, value: 30 }),
    ];
    const ask = form("Look at an account", fields, "Look", async (given) => {
      const reach = `depth=${given.get("depth")}&days=${given.get("days")}`;
      await look(found, await accountOf(given.get("account").trim()), reach);
    });
    return [ask, found];
  },
};

async function accountOf(id) {
  return id.startsWith("gac_") ? id : (await get(`graph/customers/${id}`)).account_id;
}

/** Shows an account in place of what was shown before. */
async function look(found, account, reach, ...said) {
  const path = `graph/accounts/${account}`;
  const [{ body: risk, etag }, near] = await Promise.all([
    getVersioned(`${path}/risk`),
    get(`${path}/neighbourhood?${reach}`),
  ]);
  const go = (other) => look(found, other, reach);
  const heading = element("h3", { tabindex: "-1" }, account);
  const seen = element("article", {}, heading, standing(risk, near));
  if (has("reviewer") && risk.risk !== "normal") {
    seen.append(
      button("Call it normal for 7 days", async () => {
        // Of the reasons that are shown: what was told since is refused, and read first.
        await put(`${path}/clearance`, etag);
        await look(found, account, reach, element("p", { role: "status" }, "It is cleared."));
      }),
    );
  }
  found.replaceChildren(...said, seen, movements(account, near, go), accounts(near, go));
  heading.focus();
}

/** Only people are looked at: a shop that nobody looked at is not normal. */
function standing(risk, { accounts: all }) {
  const own = all.find(({ account_id }) => account_id === risk.account_id);
  const isLookedAt = own?.type === "user" || risk.risk !== "normal";
  return details({
    "It looks": isLookedAt ? risk.risk : null,
    Because: risk.reasons.map(({ code, explanation }) =>
      element("p", {}, `${code}: ${explanation}`),
    ),
    "Cleared until": time(risk.clearance_ends_at),
    "Money moved last": time(risk.newest_movement_at),
    "In the hours before that": risk.windows.map(passed),
  });
}

function passed(window) {
  const { hours, payer_count, payee_count, paid_in, paid_out, passed_on_percent } = window;
  const came = `${money(paid_in)} from ${payer_count}`;
  const left = `${money(paid_out)} to ${payee_count}`;
  return element("p", {}, `${hours} h: ${came}, ${left}; ${passed_on_percent} % passed on`);
}

/** Each edge, the newest first; what stands and does not happen comes last. */
function movements(account, { edges, is_complete }, go) {
  const newest = edges.toSorted((one, other) =>
    (other.happened_at ?? "").localeCompare(one.happened_at ?? ""),
  );
  const rows = newest.map((edge) => [
    time(edge.happened_at) ?? "stands",
    edge.type,
    end(account, edge.from_account_id, go),
    end(account, edge.to_account_id, go),
    edge.amount === null ? "" : money(edge.amount),
    edge.status ?? edge.movement_type ?? "",
  ]);
  const caption = is_complete ? "Between them" : "Between them (there is more than is shown)";
  return table(caption, ["When", "What", "From", "To", "Amount", "State"], rows);
}

function accounts({ accounts: all }, go) {
  const nearest = all.toSorted((one, other) => one.depth - other.depth);
  const rows = nearest.map(({ account_id, type, depth }) => [
    type === "user" || type === "business" ? step(account_id, go) : account_id,
    type,
    String(depth),
  ]);
  return table("Accounts", ["Account", "What it is", "Steps away"], rows);
}

function end(account, other, go) {
  if (other === null) {
    return NOBODY;
  }
  return other === account ? "this one" : step(other, go);
}

function step(account, go) {
  return button(account, () => go(account));
}
