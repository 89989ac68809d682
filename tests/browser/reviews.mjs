// An operator and a reviewer at work on the page of staff: a payment that a rule has held goes to
// its payee, and somebody who wants to be known is looked at and refused.
//
//     node reviews.mjs '{"page", "operator", "reviewer", "payment", "note", "application", "said"}'

import assert from "node:assert/strict";
import { play } from "./browser.mjs";
import { button, enrol, logIn, press } from "./staff_page.mjs";

await play(async (stage, scene) => {
  const { page: url, payment, note, application, said } = scene;
  const [operator, reviewer] = await stage.step("an operator and a reviewer enrol", () =>
    Promise.all(["operator", "reviewer"].map((role) => enrol(stage, url, role, scene[role]))),
  );
  await stage.step("they log in", () => Promise.all([operator, reviewer].map(logIn)));

  await stage.step("the operator sees why the payment is held", async () => {
    await press(operator, "Held payments");
    const held = article(operator, payment);
    await held.getByText("new payees in a day").waitFor();
    await held.getByText(note, { exact: true }).waitFor();
    assert.equal(await held.locator("img").count(), 0, "what a customer wrote is text");
    assert.equal(await button(held, "Decide").count(), 0, "an operator decides nothing");
  });
  await stage.step("the reviewer lets it go to its payee", async () => {
    await press(reviewer, "Held payments");
    const held = article(reviewer, payment);
    await held.getByLabel("What becomes of it").selectOption("release");
    await held.getByLabel("Reason").fill("a collection for a colleague");
    await button(held, "Decide").click();
    await reviewer.getByText("It is decided: released.").waitFor();
    assert.equal(await article(reviewer, payment).count(), 0);
  });

  await stage.step("the operator takes the application and reads it", async () => {
    await press(operator, "Applications");
    const item = article(operator, application);
    await button(item, "Read what was said and uploaded").click();
    await item.getByText(said, { exact: true }).waitFor();
    await button(item, "Give me a link to the document").click();
    const link = item.getByRole("link", { name: "Open it" });
    assert.match(await link.getAttribute("href"), /^https:.*\/documents\/.*sig=/);
    await button(item, "Take it for half an hour").click();
    await item.getByRole("heading", { name: "Decide" }).waitFor();
  });
  await stage.step("and refuses it, with a reason", async () => {
    const item = article(operator, application);
    await item.getByLabel("Decision").selectOption("reject");
    await item.getByLabel("name-differs", { exact: true }).check();
    await item.getByLabel("Note").fill("this is somebody else's card");
    await button(item, "Decide").click();
    await operator.getByText("It is decided.", { exact: true }).waitFor();
    assert.equal(await article(operator, application).count(), 0);
  });
});

function article(page, text) {
  return page.getByRole("article").filter({ hasText: text });
}
