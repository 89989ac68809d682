// People and businesses that want to be known: an operator takes one, compares and decides; where
// four eyes are needed a reviewer agrees. Each look is in the application's trail.

import { get, getVersioned, has, isMe, post } from "./api.js";
import { button, checkbox, choice, details, element, field, form, list, time } from "./page.js";

const DECISIONS = {
  approve: "It is known who this is",
  reject: "Refused",
  "ask-again": "They must upload again",
};

export const applications = {
  title: "Applications",
  roles: ["operator", "reviewer"],
  async open(reopen) {
    const read = (status) =>
      list(get, `onboarding/reviews?status=${status}`, (item) => showInList(item, reopen));
    const [waiting, proposed] = await Promise.all([read("in-review"), read("awaiting-release")]);
    return [
      element("h3", {}, "To be decided"),
      ...waiting,
      element("h3", {}, "Would be approved; a reviewer must agree"),
      ...proposed,
    ];
  },
};

function showInList(item, reopen) {
  const article = element("article", { tabindex: "-1" });
  const read = async () => {
    const path = `onboarding/reviews/${item.application_id}`;
    const { body, etag } = await getVersioned(path);
    const reasons = await findings();
    article.replaceChildren(...show(body, { path, etag, reasons, read, reopen }));
    article.focus();
  };
  article.append(
    element("h4", {}, `${item.type}: ${item.application_id}`),
    describe(item),
    element("p", { class: "actions" }, button("Read what was said and uploaded", read)),
  );
  return article;
}

/** What can stand against an application, as the service documents it. */
async function findings() {
  const { components } = await get("onboarding/openapi.json");
  return components.schemas.Finding.enum;
}

function describe(item) {
  return details({
    Person: item.user_id,
    Business: item.business_id,
    "What stands against it": item.findings.join(", "),
    "Looked at again": item.is_recheck ? "since a list has changed" : null,
    "Four eyes": item.needs_four_eyes ? "needed" : null,
    "Taken by": item.claimed_by,
    "Taken until": time(item.claim_expires_at),
    "Would be approved by": item.proposed_by,
    "Waits since": time(item.changed_at),
  });
}

function show({ application, details: said, document, shop, hits, lists, trail }, page) {
  const shown = [
    element("h4", {}, `${application.type}: ${application.application_id}`),
    describe(application),
    element("h5", {}, "What the applicant says"),
    said === null ? element("p", {}, "It was deleted.") : plain(said),
  ];
  if (document !== null) {
    shown.push(element("h5", {}, "What was read of the document"), ...readings(document, page));
  }
  if (shop !== null) {
    shown.push(element("h5", {}, "The shop, as payers see it"), plain(shop));
  }
  shown.push(
    element("h5", {}, "Names on lists that are like these"),
    details({
      "Compared with": lists.map(({ source, list_version }) => `${source} ${list_version}; `),
      "Alike": hits.map(plain),
    }),
    element("h5", {}, "What was done"),
    ...trail.map(line),
    ...actions(application, page),
  );
  return shown;
}

function readings({ content_type, document_type, failure, fields }, { path }) {
  const read = Object.entries(fields).map(([name, { value, confidence, is_confirmed }]) => {
    const sure = `${confidence / 10} %${is_confirmed ? ", confirmed" : ""}`;
    return [name, `${value} (${sure})`];
  });
  const link = element("span");
  const open = button("Give me a link to the document", async () => {
    const { url, expires_at } = await post(`${path}/document-link`);
    const attributes = { href: url, target: "_blank", rel: "noopener noreferrer" };
    link.replaceChildren(element("a", attributes, "Open it"), ` until ${time(expires_at)}`);
  });
  return [
    details({ Document: document_type ?? content_type, "Not read": failure }),
    details(Object.fromEntries(read)),
    element("p", { class: "actions" }, open, link),
  ];
}

function line({ done_at, actor, actor_name, deed, to, findings: found, note }) {
  return details({
    [deed]: time(done_at),
    By: actor_name ?? actor,
    "Then": to,
    "Found": found.join(", "),
    Note: note,
  });
}

/** Names and values as they are; what lies in each other is shown so. */
function plain(values) {
  const shown = Object.entries(values).map(([name, value]) => {
    const each = [value ?? []].flat();
    return [name, each.map((one) => (typeof one === "object" ? plain(one) : String(one)))];
  });
  return details(Object.fromEntries(shown));
}

function actions(application, page) {
  const { path, etag, reasons, read, reopen } = page;
  const done = (text) => reopen(element("p", { role: "status" }, text));
  if (application.status === "awaiting-release") {
    const mine = isMe(application.proposed_by);
    return has("reviewer") && !mine ? [agreement(path, etag, done)] : [];
  }
  if (application.status !== "in-review" || !has("operator")) {
    return [];
  }
  if (isMe(application.claimed_by)) {
    return [decision(application, path, etag, reasons, done)];
  }
  const take = button("Take it for half an hour", async () => {
    await post(`${path}/claim`);
    await read();
  });
  return [element("p", { class: "actions" }, take)];
}

function decision({ expires_on }, path, etag, reasons, done) {
  const last = field("The document's last day (empty: it has none)", {
    name: "expires_on",
    type: "date",
    required: false,
    value: expires_on ?? "",
  });
  const against = element("fieldset", {}, element("legend", {}, "Why"));
  against.append(...reasons.map((code) => checkbox(code, { name: "reasons", value: code })));
  const choose = ({ target }) => {
    last.hidden = target.value !== "approve";
    against.hidden = !["reject", "ask-again"].includes(target.value);
  };
  [last.hidden, against.hidden] = [true, true];
  const fields = [
    choice("Decision", { name: "type", change: choose }, DECISIONS),
    last,
    against,
    field("Note, for the trail", { name: "note" }),
  ];
  return form("Decide", fields, "Decide", async (given) => {
    const type = given.get("type");
    const isApproved = type === "approve";
    const decided = isApproved
      ? { type, expires_on: given.get("expires_on") || null }
      : { type, reasons: given.getAll("reasons") };
    const body = { decision: decided, note: given.get("note").trim() };
    const { status } = await post(`${path}/decide`, body, etag);
    await done(status === "awaiting-release" ? "A reviewer must agree." : "It is decided.");
  });
}

function agreement(path, etag, done) {
  const ends = { release: "I agree", return: "It must be looked at again" };
  const fields = [
    choice("Do you agree?", { name: "end" }, ends),
    field("Note, for the trail", { name: "note" }),
  ];
  return form("Agree, or not", fields, "Say so", async (given) => {
    const end = given.get("end");
    await post(`${path}/${end}`, { note: given.get("note").trim() }, etag);
    await done(end === "release" ? "It is approved." : "It is looked at again.");
  });
}
