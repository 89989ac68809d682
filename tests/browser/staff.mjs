// Two administrators make an operator and a reviewer, who let a frozen wallet go and end a dispute:
// all on the page of staff, each in a browser of their own with a passkey of their own.
//
//     node staff.mjs '{"page", "invitations", "wallet", "freeze_reason", "dispute"}'

import assert from "node:assert/strict";
import { play } from "./browser.mjs";
import { button, enrol, logIn, press } from "./staff_page.mjs";

await play(async (stage, { page: url, invitations, wallet, freeze_reason, dispute }) => {
  const [chan, wong] = await stage.step("the first administrators enrol", () =>
    Promise.all(invitations.map((halves, nth) => enrol(stage, url, `admin-${nth}`, halves))),
  );
  await stage.step("they log in", () => Promise.all([chan, wong].map(logIn)));

  const operator = await stage.step("they make an operator", () => hire("operator"));
  const reviewer = await stage.step("they make a reviewer", () => hire("reviewer"));

  await stage.step("an answer that is lost makes nothing twice", async () => {
    await press(chan, "Enrolments");
    const lose = async (route) => {
      await route.fetch();
      await route.abort();
    };
    await chan.route("**/staff/enrolments", lose, { times: 1 });
    await propose(chan, "twice@example.com", "auditor");
    await chan.getByRole("alert").getByText("cannot be reached").waitFor();
    await press(chan, "Propose");
    await halfShownTo(chan);
    const listed = chan.getByRole("heading", { name: "twice@example.com" });
    assert.equal(await listed.count(), 1);
  });

  await stage.step("the operator proposes to unfreeze the wallet", async () => {
    await logIn(operator);
    await operator.getByLabel("Account").fill(wallet);
    await operator.getByLabel("What is let go").selectOption("unfreeze");
    await operator.getByLabel("Reason").fill("the owner has called");
    await press(operator, "Propose");
    await operator.getByText("a reviewer decides").waitFor();
    await press(operator, "Read with the account's history");
    await operator.getByText("The account", { exact: true }).waitFor();
    assert.equal(await button(operator, "Approve").count(), 0, "an operator approves nothing");
  });
  await stage.step("the reviewer reads and approves", async () => {
    await logIn(reviewer);
    await press(reviewer, "Read with the account's history");
    // It would be an image, were it not shown as text.
    await reviewer.getByText(freeze_reason, { exact: true }).waitFor();
    assert.equal(await reviewer.locator("img").count(), 0);
    await press(reviewer, "Approve");
    await reviewer.getByText("It was approved, and is done.").waitFor();
  });
  await stage.step("they let a part of what is held by law go", async () => {
    await operator.getByLabel("Account").fill(wallet);
    await operator.getByLabel("What is let go").selectOption("legal-hold");
    await operator.getByLabel("Still held").fill("12.34");
    await operator.getByLabel("Reason").fill("HCMP 12/2026");
    await press(operator, "Propose");
    await press(reviewer, "Releases");
    await press(reviewer, "Read with the account's history");
    await reviewer.getByText("HKD 12.34").waitFor();
    await press(reviewer, "Approve");
    await reviewer.getByText("It was approved, and is done.").waitFor();
  });

  await stage.step("the operator proposes how the dispute ends", async () => {
    await press(operator, "Disputes");
    await readDispute(operator, dispute);
    await operator.getByLabel("Who is right").selectOption("true");
    await operator.getByLabel("Reason").fill("Nothing was delivered.");
    await press(operator, "Propose");
    await operator.getByText("a reviewer decides").waitFor();
  });
  await stage.step("the reviewer agrees with what they have read", async () => {
    await press(reviewer, "Disputes");
    await readDispute(reviewer, dispute);
    await reviewer.getByText("Nothing was delivered.").waitFor();
    await press(reviewer, "Approve");
    await reviewer.getByText("It is decided").waitFor();
  });

  await stage.step("they agree on the rules of step-up", async () => {
    const reason = "the same rules, for this year";
    await press(chan, "Step-up");
    await chan.getByRole("region", { name: /^Version \d+ holds$/ }).waitFor();
    await chan.getByLabel("What it is for").fill(reason);
    await press(chan, "Propose");
    await chan.getByText("Another administrator must approve these rules.").waitFor();
    const proposed = (page) => page.getByRole("article").filter({ hasText: reason });
    assert.equal(await proposed(chan).getByRole("button", { name: "Approve" }).count(), 0);
    await press(wong, "Step-up");
    await proposed(wong).getByText("always").first().waitFor();
    await proposed(wong).getByRole("button", { name: "Approve" }).click();
    await wong.getByText("They hold in a few seconds.").waitFor();
    await proposed(wong).getByText("approved").waitFor();
  });

  await stage.step("the page works by keys on a narrow screen", async () => {
    await wong.setViewportSize({ width: 400, height: 800 });
    await button(wong, "Members").focus();
    await wong.keyboard.press("Enter");
    await wong.getByRole("heading", { name: "Members" }).waitFor();
    const widths = () => [document.documentElement.scrollWidth, innerWidth];
    const [wanted, there] = await wong.evaluate(widths);
    assert.ok(wanted <= there, `${wanted} px of ${there}`);
  });
  await stage.step("who is taken off the staff is logged out", async () => {
    wong.on("dialog", (dialog) => dialog.accept());
    const member = wong.getByRole("article").filter({ hasText: "reviewer@example.com" });
    await member.getByRole("button", { name: "Remove" }).click();
    await wong.getByText("reviewer@example.com is staff no more.").waitFor();
    // Payments hears of it within a second.
    while (!(await button(reviewer, "Log in with my passkey").isVisible())) {
      await press(reviewer, "Releases");
    }
    await reviewer.getByText("(invalid-token)").waitFor();
  });
  await stage.step("a login ends when somebody ends it, and after ten minutes", async () => {
    await press(wong, "Log out");
    await wong.getByText("You are logged out.").waitFor();
    await wong.clock.install();
    await logIn(wong);
    await wong.clock.fastForward("09:30");
    assert.match(await wong.locator("#session").innerText(), /ends in 0 min/);
    await wong.clock.fastForward("00:40");
    await wong.getByText("Your login has ended.").waitFor();
    const section = wong.getByRole("heading", { level: 2 });
    assert.equal(await section.count(), 0, "nothing is left to read");
  });

  /** One administrator proposes, the other approves, and the person enrols with both halves. */
  async function hire(role) {
    const name = `${role}@example.com`;
    await press(chan, "Enrolments");
    await propose(chan, name, role);
    const proposal_secret = await halfShownTo(chan);
    await press(wong, "Enrolments");
    const listed = wong.getByRole("article").filter({ hasText: name });
    await listed.getByRole("button", { name: "Approve" }).click();
    const approval_secret = await halfShownTo(wong);
    return enrol(stage, url, name, { proposal_secret, approval_secret });
  }
});

async function propose(page, name, role) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel(new RegExp(`^${role}:`, "i")).check();
  await press(page, "Propose");
}

async function halfShownTo(page) {
  return page.getByRole("status").locator("code").innerText();
}

async function readDispute(page, id) {
  const listed = page.getByRole("article").filter({ hasText: id });
  await listed.getByRole("button", { name: "Read with the payment" }).click();
  await page.getByText("The payer says").waitFor();
}
