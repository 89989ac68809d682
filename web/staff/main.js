// The page's life: logged out, or logged in with the sections that somebody's roles open.

import { Refused, forget, get, has, remove } from "./api.js";
import { acts } from "./acts.js";
import { applications } from "./applications.js";
import { disputes } from "./disputes.js";
import { enrolments, members } from "./enrolments.js";
import { leave, logInByEntraId, takeAnswer } from "./entra_id.js";
import { graph } from "./graph.js";
import { heldPayments } from "./held_payments.js";
import { attempt, button, element, field, form, notify } from "./page.js";
import { enrol, logIn } from "./passkey.js";
import { people } from "./people.js";
import { releases } from "./releases.js";
import { stepUp } from "./step_up.js";

const SECTIONS = [
  releases, disputes, heldPayments, people, graph, applications, enrolments, members, stepUp, acts,
];
const SECRET = { type: "password", autocomplete: "off" };
const SECOND_MS = 1000;

const main = document.getElementById("main");
const nav = document.getElementById("sections");
const session = document.getElementById("session");
const logOut = document.getElementById("log-out");
/** What the tenant has sent, out of the address before anything is waited for; once used, null. */
let sent = takeAnswer();
/** The one way in which staff log in, as `GET /api/v1/staff/log-in-way` tells it; null before. */
let way = null;
let clock;

/** Shows a section anew, below what it has to say of what was just done. */
async function open(section, ...said) {
  for (const tab of nav.children) {
    tab.setAttribute("aria-current", String(tab.textContent === section.title));
  }
  const shown = await section.open((...more) => open(section, ...more), way);
  // The login may have ended meanwhile.
  if (logOut.hidden) {
    return;
  }
  main.replaceChildren(element("h2", {}, section.title), ...said, ...shown);
  main.focus();
}

function showLoggedOut(why) {
  clearInterval(clock);
  forget();
  nav.replaceChildren();
  session.textContent = "";
  logOut.hidden = true;
  const entries =
    way.type === "entra-id"
      ? [entry("Log in with Microsoft Entra ID", () => leave(way))]
      : [entry("Log in with my passkey", () => start(logIn)), enrolment()];
  main.replaceChildren(...entries);
  notify(why);
}

function entry(text, act) {
  return element("article", {}, element("h3", {}, "Log in"), button(text, act));
}

function enrolment() {
  return form(
    "Enrol",
    [
      element("p", {}, "Two people have given you one half of a secret each."),
      field("Half from who proposed you", { name: "proposal", ...SECRET }),
      field("Half from who approved you", { name: "approval", ...SECRET }),
    ],
    "Make my passkey",
    async (fields) => {
      const made = await enrol(fields.get("proposal").trim(), fields.get("approval").trim());
      showLoggedOut(`${made.name} is staff now (${made.roles.join(", ")}). Log in.`);
    },
  );
}

/** Asks how staff log in, and goes on where the tenant has sent somebody back. */
async function arrive() {
  way = await logInWay();
  showLoggedOut("");
  const answer = sent;
  sent = null;
  if (answer !== null && way.type === "entra-id") {
    await start(() => logInByEntraId(way, answer));
  }
}

/** An auth that knows of no ways, such as one that was rolled back, lets staff in by passkey. */
async function logInWay() {
  try {
    return await get("staff/log-in-way");
  } catch (error) {
    if (error instanceof Refused && error.status === 404) {
      return { type: "passkey" };
    }
    throw error;
  }
}

async function start(logIn) {
  const login = await logIn();
  const isOpen = ({ roles, ways }) => roles.some(has) && (ways ?? [way.type]).includes(way.type);
  const mine = SECTIONS.filter(isOpen);
  nav.replaceChildren(...mine.map((section) => button(section.title, () => open(section))));
  logOut.hidden = false;
  const tell = () => {
    const seconds = Math.ceil((login.endsAt - Date.now()) / SECOND_MS);
    if (seconds <= 0) {
      showLoggedOut("Your login has ended. Log in again.");
      return;
    }
    const left = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    session.textContent = `${login.roles.join(", ")}; your login ends in ${left}`;
  };
  tell();
  clock = setInterval(tell, SECOND_MS);
  await open(mine[0]);
}

logOut.addEventListener("click", () =>
  attempt(async () => {
    // Whatever comes of it, this page knows the token no more.
    await remove("staff/sessions/current").finally(() => showLoggedOut("You are logged out."));
  }),
);
document.addEventListener("login-ended", () => {
  if (way !== null) {
    showLoggedOut("");
  }
});
main.replaceChildren(button("Try again", arrive));
attempt(arrive);
