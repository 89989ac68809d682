// What the journeys share: Chromium, a person's own browser in it, and steps that are timed.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";
/** Of anything that a step waits for. */
const LIMIT_MS = 15_000;
const STEP_LIMIT_MS = 30_000;
/** Of what a page shows when a journey has failed. */
const SHOWN_CHARACTERS = 1000;
/** A phone or laptop that unlocks its passkeys by itself. */
const AUTHENTICATOR = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

/**
 * Plays a journey with what its caller gives as JSON, and prints the milliseconds of each step. A
 * journey fails with its step and what the pages have logged, and also if a page has an error that
 * nobody caught or does what its Content-Security-Policy forbids.
 */
export async function play(journey) {
  const began = performance.now();
  const browser = await chromium.launch({ executablePath: CHROMIUM });
  const stage = new Stage(browser, { "start Chromium": elapsed(began) });
  try {
    await journey(stage, JSON.parse(process.argv[2]));
    assert.deepEqual(stage.errors, [], "pages have no errors");
    console.log(JSON.stringify(stage.milliseconds));
  } catch (error) {
    console.error(`in the step "${stage.current}": ${error.stack}`);
    console.error(["the pages' consoles:", ...stage.logged].join("\n  "));
    console.error(await stage.shown());
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

class Stage {
  current = "begin";
  logged = [];
  errors = [];
  pages = [];

  constructor(browser, milliseconds) {
    this.browser = browser;
    this.milliseconds = milliseconds;
  }

  /** Does a step, whose answer it gives. */
  async step(name, act) {
    this.current = name;
    const began = performance.now();
    const late = setTimeout(STEP_LIMIT_MS, null, { ref: false }).then(() => {
      throw new Error("it takes too long");
    });
    const answer = await Promise.race([act(), late]);
    this.milliseconds[name] = elapsed(began);
    return answer;
  }

  /** A person's own browser at `url`, with an authenticator that has no passkey yet. */
  async person(name, url, options = {}) {
    // Each comes from an address of its own, as the edge would report it.
    const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
    const extraHTTPHeaders = { "X-Forwarded-For": `10.${a}.${b}.${c}` };
    const context = await this.browser.newContext({ extraHTTPHeaders, ...options });
    context.setDefaultTimeout(LIMIT_MS);
    // A page of the site with nothing on it, for a journey that brings what runs there.
    await context.route("**/blank", (route) => route.fulfill({ contentType: "text/html" }));
    const page = await context.newPage();
    this.pages.push({ name, page });
    page.on("console", (message) => {
      this.logged.push(`${name}: ${message.type()}: ${message.text()}`);
      if (message.text().includes("Content Security Policy")) {
        this.errors.push(message.text());
      }
    });
    page.on("pageerror", (error) => {
      this.logged.push(`${name}: ${error.stack}`);
      this.errors.push(error.message);
    });
    const devTools = await context.newCDPSession(page);
    await devTools.send("WebAuthn.enable");
    const { authenticatorId } = await devTools.send("WebAuthn.addVirtualAuthenticator", {
      options: AUTHENTICATOR,
    });
    const verifiesUser = (isUserVerified) =>
      devTools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    await page.goto(url);
    return { page, verifiesUser };
  }

  /** The beginning of what each page shows. */
  async shown() {
    const texts = this.pages.map(async ({ name, page }) => {
      const text = await page.innerText("body").catch(() => "(nothing)");
      return `what ${name} sees:\n${text.slice(0, SHOWN_CHARACTERS)}`;
    });
    return (await Promise.all(texts)).join("\n");
  }
}

function elapsed(began) {
  return Math.round(performance.now() - began);
}
