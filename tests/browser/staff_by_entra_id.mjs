// Staff whom Entra ID lets in: on the page of staff, where that is the only way, with the page of
// the local tenant between.
//
//     node staff_by_entra_id.mjs '{"page", "tenant"}'

import assert from "node:assert/strict";
import { play } from "./browser.mjs";
import { button, press } from "./staff_page.mjs";

const WAY = "Log in with Microsoft Entra ID";

await play(async (stage, { page: url, tenant }) => {
  const endpoint = (name) => `${tenant}/oauth2/v2.0/${name}`;
  const person = async (name) => (await stage.person(name, url)).page;
  const ada = await person("ada");
  const ben = await person("ben");
  let asked;
  let redeemed;

  await stage.step("the page offers nothing but the tenant", async () => {
    await button(ada, WAY).waitFor();
    assert.equal(await button(ada, "Log in with my passkey").count(), 0);
    assert.equal(await button(ada, "Make my passkey").count(), 0);
    const policy = await ada.locator("meta[http-equiv]").getAttribute("content");
    const directives = policy.split(";").map((directive) => directive.trim());
    assert.ok(directives.includes(`connect-src 'self' ${endpoint("token")}`), policy);
  });
  await stage.step("nor does the service", async () => {
    const status = (path) =>
      ada.evaluate(async (path) => {
        const response = await fetch(`/api/v1/staff/${path}`, { method: "POST" });
        return [response.status, (await response.json()).code];
      }, path);
    assert.deepEqual(await status("challenges"), [403, "staff-log-in-elsewhere"]);
  });

  await stage.step("a service of before that knows no ways lets staff in by passkey", async () => {
    const rolledBack = await person("rolledBack");
    const missing = { status: 404, json: { code: "no-such-route" } };
    await rolledBack.route("**/staff/log-in-way", (route) => route.fulfill(missing));
    await rolledBack.evaluate(() => sessionStorage.setItem("asked-of-entra-id", "{}"));
    await rolledBack.goto("about:blank");
    await rolledBack.goto(`${url}index.html#code=somebodys&state=somebodys`);
    await button(rolledBack, "Log in with my passkey").waitFor();
    assert.equal(await button(rolledBack, WAY).count(), 0);
    assert.equal(new URL(rolledBack.url()).hash, "", "a code is in no address");
    assert.equal(await rolledBack.evaluate(() => sessionStorage.length), 0);
  });

  await stage.step("the tenant says who somebody is", async () => {
    ada.on("request", (request) => {
      if (request.url().startsWith(endpoint("authorize")) && request.method() === "GET") {
        asked = new URL(request.url()).searchParams;
      } else if (request.url() === endpoint("token")) {
        redeemed = request.postData();
      }
    });
    await logIn(ada, "ada@staff.example");
    assert.equal(new URL(ada.url()).hash, "", "the code is in no address");
    assert.equal(await ada.evaluate(() => sessionStorage.length), 0);
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.equal(asked.get("prompt"), "login");
    assert.match(asked.get("scope"), /^openid profile [^ ]+\/staff$/);
    for (const name of ["scope", "claims"]) {
      assert.equal(new URLSearchParams(redeemed).get(name), asked.get(name));
    }
    const sections = await ada.locator("nav button").allInnerTexts();
    assert.deepEqual(sections, ["Members", "Step-up", "Acts"], "nobody enrols");
    await ada.getByRole("heading", { name: "ada@staff.example" }).waitFor();
    assert.equal(await button(ada, "Propose a new passkey").count(), 0);
    await press(ada, "Acts");
    await ada.getByText("logged-in-by-entra-id").first().waitFor();
  });

  await stage.step("two administrators agree, and one does not agree with herself", async () => {
    const reason = "the same rules, by people of the tenant";
    const proposed = (page) => page.getByRole("article").filter({ hasText: reason });
    await press(ada, "Step-up");
    await ada.getByRole("region", { name: /^Version \d+ holds$/ }).waitFor();
    await ada.getByLabel("What it is for").fill(reason);
    await press(ada, "Propose");
    await ada.getByText("Another administrator must approve these rules.").waitFor();
    await press(ada, "Log out");
    await logIn(ada, "ada@staff.example");
    await press(ada, "Step-up");
    await proposed(ada).getByText("always").first().waitFor();
    assert.equal(await proposed(ada).getByRole("button", { name: "Approve" }).count(), 0);
    await logIn(ben, "ben@staff.example");
    await press(ben, "Step-up");
    await proposed(ben).getByRole("button", { name: "Approve" }).click();
    await ben.getByText("They hold in a few seconds.").waitFor();
  });

  await stage.step("a code is good once", async () => {
    const response = await ada.request.post(endpoint("token"), {
      data: redeemed,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Origin: new URL(url).origin,
      },
    });
    assert.deepEqual([response.status(), await response.json()], [400, { error: "invalid_grant" }]);
  });

  const eve = await person("eve");
  await stage.step("a log-in that the page did not ask for is none", async () => {
    let redeems = 0;
    eve.on("request", (request) => {
      redeems += request.url() === endpoint("token") ? 1 : 0;
    });
    for (const begun of [false, true]) {
      if (begun) {
        await eve.goto(url);
        await leave(eve);
      }
      await eve.goto(`${url}index.html#code=somebodys&state=somebodys`);
      await eve.getByText("This page has not asked for that log-in.").waitFor();
      await button(eve, WAY).waitFor();
      assert.equal(new URL(eve.url()).hash, "");
      // A page that only got another fragment is not loaded.
      await eve.goto("about:blank");
    }
    assert.equal(redeems, 0, "nobody's code is redeemed");
    await eve.goto(url);
  });
  await stage.step("a code without its verifier brings no token", async () => {
    const change = (body) => body.replace(/code_verifier=[^&]+/, `code_verifier=${"A".repeat(43)}`);
    const guess = (route) => route.continue({ postData: change(route.request().postData()) });
    await eve.route(endpoint("token"), guess, { times: 1 });
    await leave(eve);
    await button(eve, "ada@staff.example").click();
    await eve.getByText("Entra ID gave no token: invalid_grant").waitFor();
  });
  await stage.step("a token of another log-in is not taken", async () => {
    for (const change of [{ nonce: "another" }, { aud: "another" }, { iss: "another" }]) {
      const swap = async (route) => {
        const response = await route.fetch();
        const tokens = await response.json();
        const said = JSON.parse(Buffer.from(tokens.id_token.split(".")[1], "base64url"));
        const claims = Buffer.from(JSON.stringify({ ...said, ...change })).toString("base64url");
        await route.fulfill({ response, json: { ...tokens, id_token: `e30.${claims}.` } });
      };
      await eve.route(endpoint("token"), swap, { times: 1 });
      await leave(eve);
      await button(eve, "ada@staff.example").click();
      await eve.getByText("Entra ID answered another log-in than this.").waitFor();
    }
  });
  await stage.step("an answer without tokens is told, and lets nobody in", async () => {
    for (const json of [null, {}, { access_token: "a" }, { id_token: "a.b.c" }]) {
      await eve.route(endpoint("token"), (route) => route.fulfill({ json }), { times: 1 });
      await leave(eve);
      await button(eve, "ada@staff.example").click();
      await eve.getByText("Entra ID gave no token: it did not say why").waitFor();
    }
  });
  await stage.step("the tenant sends nobody to an address that is not registered", async () => {
    await leave(eve);
    const address = new URL(eve.url());
    address.searchParams.set("redirect_uri", "http://localhost.example/staff/index.html");
    const response = await eve.goto(address.href);
    assert.equal(response.status(), 400);
    await eve.getByText("this redirect_uri is not registered").waitFor();
    await eve.goto(url);
  });
  await stage.step("somebody of the tenant without a role is not let in", async () => {
    await leave(eve);
    await button(eve, "sam@other.example").click();
    await eve.getByText("(role-missing)").waitFor();
    await button(eve, WAY).waitFor();
  });

  async function leave(page) {
    await button(page, WAY).click();
    await page.waitForURL(`${endpoint("authorize")}?**`);
  }

  async function logIn(page, name) {
    await leave(page);
    await button(page, name).click();
    await page.getByText("your login ends in").waitFor();
    await page.getByRole("heading", { level: 2 }).waitFor();
  }
});
