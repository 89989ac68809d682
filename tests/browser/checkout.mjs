// Two people have the link of a payment request open, one in a browser that runs no script. It is
// paid, and both see that by themselves.
//
//     node checkout.mjs '{"page", "shop", "payment": {"url", "token", "key", "body"}}'

import assert from "node:assert/strict";
import { play } from "./browser.mjs";

await play(async (stage, { page: link, shop, payment }) => {
  const { page } = await stage.person("customer", link);
  const { page: plain } = await stage.person("customer without scripts", link, {
    javaScriptEnabled: false,
  });

  await stage.step("see what is asked for", async () => {
    for (const shown of [page, plain]) {
      assert.equal(await shown.innerText("h1"), shop);
      assert.equal(await shown.innerText(".amount"), "HK$128.50");
      await shown.locator("[role=img] svg").waitFor();
    }
    assert.match(await page.innerText("#left"), /^\d+:\d\d$/, "the time runs");
    assert.equal(await plain.innerText("#left"), "");
  });

  await stage.step("read it in Chinese", async () => {
    await page.getByRole("link", { name: "繁體中文" }).click();
    await page.getByText("核對金額").waitFor();
  });

  await stage.step("see that it is paid", async () => {
    const { url, token, key, body } = payment;
    const headers = {
      "Authorization": `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": key,
    };
    const paid = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(paid.status, 201, await paid.text());
    await page.getByText("已付款").waitFor();
    await plain.getByText("Paid", { exact: true }).waitFor();
    for (const shown of [page, plain]) {
      assert.equal(await shown.locator("svg").count(), 0, "what is paid has no code");
    }
  });
});
