// What one of our own does, over a connection of their own.

import { eventually } from "./expect.mjs";
import type { Addresses } from "./phone.mjs";

/** Lets a shop be paid, as soon as payments knows it. */
export async function approve(
  { api, functionKey }: Addresses,
  business_id: string,
): Promise<void> {
  const path = `/api/v1/ledger/businesses/${business_id}/approval`;
  await eventually("an approved shop", async () => {
    const said = await fetch(api + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "x-functions-key": functionKey },
      body: JSON.stringify({ is_approved: true, reason: "test", operator: "ops@example.com" }),
    });
    await said.arrayBuffer();
    return said.ok ? true : undefined;
  });
}
