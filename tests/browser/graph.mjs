// An operator and a reviewer look at a customer's account of the graph on the page of staff: they
// see how it looks and whom it paid, go on to the payee, and the reviewer calls it normal.
//
//     node graph.mjs '{"page", "operator", "reviewer", "customer", "account", "payee",
//       "price", "why"}'

import assert from "node:assert/strict";
import { play } from "./browser.mjs";
import { button, enrol, logIn, press } from "./staff_page.mjs";

const CLEAR = "Call it normal for 7 days";

await play(async (stage, scene) => {
  const { page: url, customer, account, payee, price, why } = scene;
  const [operator, reviewer] = await stage.step("an operator and a reviewer enrol", () =>
    Promise.all(["operator", "reviewer"].map((role) => enrol(stage, url, role, scene[role]))),
  );
  await stage.step("they log in", () => Promise.all([operator, reviewer].map(logIn)));

  await stage.step("the operator sees how a customer's account looks, and why", async () => {
    await look(operator, customer);
    await operator.getByRole("heading", { name: account }).waitFor();
    await operator.getByText("high", { exact: true }).waitFor();
    await operator.getByText(`fan-in: ${why}`, { exact: true }).waitFor();
    assert.equal(await operator.locator("img").count(), 0, "what was said is text");
    assert.equal(await button(operator, CLEAR).count(), 0, "an operator clears nothing");
  });
  await stage.step("and in a table what it paid, and whom", async () => {
    const paid = between(operator).getByRole("row").filter({ hasText: price });
    await paid.getByText("this one", { exact: true }).waitFor();
    await paid.getByRole("cell", { name: "paid", exact: true }).waitFor();
  });
  await stage.step("and goes on to the payee by the keyboard", async () => {
    await between(operator).getByRole("button", { name: payee }).first().focus();
    await operator.keyboard.press("Enter");
    await operator.getByRole("heading", { name: payee }).waitFor();
    const focused = operator.locator(":focus");
    assert.equal(await focused.textContent(), payee, "whoever reads on begins at the account");
    await between(operator).getByRole("button", { name: account }).first().waitFor();
  });
  await stage.step("the reviewer calls it normal", async () => {
    await look(reviewer, customer);
    await button(reviewer, CLEAR).click();
    await reviewer.getByText("It is cleared.", { exact: true }).waitFor();
    await reviewer.getByText("normal", { exact: true }).waitFor();
    await reviewer.getByText("Cleared until").waitFor();
    assert.equal(await button(reviewer, CLEAR).count(), 0);
  });
  await stage.step("what is no account is said in the API's words", async () => {
    await look(reviewer, "gac_01h455vb4pex5vsknk084sn02q");
    await reviewer.getByText("graph-account-not-found").waitFor();
  });
});

async function look(page, whom) {
  await press(page, "Graph");
  await page.getByLabel("Customer").fill(whom);
  await press(page, "Look");
}

function between(page) {
  return page.getByRole("region", { name: "Between them" });
}
