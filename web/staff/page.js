// What the sections are built of. All text is a text node: what customers wrote is hostile.

/** An element with attributes, listeners (functions) and children (elements or texts). */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name, value);
    } else if (value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children);
  return made;
}

/** Tells what happened, or what went wrong; nothing if empty. */
export function notify(text) {
  document.getElementById("notice").textContent = text;
}

/** Does what somebody asked for: once at a time, and an error is shown. */
export async function attempt(act) {
  if (document.body.hasAttribute("aria-busy")) {
    return;
  }
  document.body.setAttribute("aria-busy", "true");
  notify("");
  try {
    await act();
  } catch (error) {
    if (error.status === 401) {
      document.dispatchEvent(new Event("login-ended"));
    }
    notify(error.name === "NotAllowedError" ? "No passkey was given." : error.message);
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

export function button(text, act) {
  return element("button", { type: "button", click: () => attempt(act) }, text);
}

/** A form under a heading, whose fields `act` gets by name. */
export function form(heading, fields, submit, act) {
  const made = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        attempt(() => act(new FormData(made), made));
      },
    },
    element("h3", {}, heading),
    ...fields,
    element("button", {}, submit),
  );
  return made;
}

export function field(label, attributes, tag = "input") {
  return element("label", {}, label, element(tag, { required: true, ...attributes }));
}

export function checkbox(label, attributes) {
  return element("label", {}, element("input", { type: "checkbox", ...attributes }), label);
}

/** Nothing is chosen before somebody does. */
export function choice(label, attributes, options) {
  const all = Object.entries({ "": "", ...options });
  const made = all.map(([value, text]) => element("option", { value }, text));
  return element("label", {}, label, element("select", { required: true, ...attributes }, ...made));
}

/** Each pair of a name and what there is to say of it: a text, an element, or some. */
export function details(pairs) {
  const lines = Object.entries(pairs).flatMap(([name, value]) => {
    const said = [value ?? []].flat();
    return said.length === 0 ? [] : [element("dt", {}, name), element("dd", {}, ...said)];
  });
  return element("dl", {}, ...lines);
}

/** A list that grows by pages; `show` makes an element of an item. */
export async function list(read, path, show) {
  const items = element("div");
  const more = button("More", () => add(more.cursor));
  const add = async (cursor) => {
    const joined = `${path}${path.includes("?") ? "&" : "?"}`;
    const page = await read(cursor ? `${joined}cursor=${encodeURIComponent(cursor)}` : path);
    items.append(...page.items.map(show));
    more.cursor = page.next_cursor;
    more.hidden = !page.next_cursor;
  };
  await add();
  return [items.hasChildNodes() ? items : element("p", {}, "Nothing is here."), more];
}

export function table(caption, names, rows) {
  const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
  const cells = (row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)));
  const made = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, head),
    element("tbody", {}, ...rows.map(cells)),
  );
  // A wide table scrolls by itself, also by the keyboard.
  const region = { class: "wide", tabindex: "0", role: "region", "aria-label": caption };
  return element("div", region, made);
}

export function money({ amount, currency }) {
  const form = { style: "currency", currency, currencyDisplay: "code" };
  return new Intl.NumberFormat("en-HK", form).format(amount / 100);
}

/** In the time zone of whoever reads it, which is named. */
export function time(text) {
  if (text === null || text === undefined) {
    return null;
  }
  const form = { dateStyle: "medium", timeStyle: "long" };
  return new Intl.DateTimeFormat("en-HK", form).format(new Date(text));
}
