// What journeys on the page of staff share.

/** A new person's page, on which they have made their passkey. */
export async function enrol(stage, url, name, { proposal_secret, approval_secret }) {
  const { page } = await stage.person(name, url);
  await page.getByLabel("Half from who proposed you").fill(proposal_secret);
  await page.getByLabel("Half from who approved you").fill(approval_secret);
  await press(page, "Make my passkey");
  await page.getByText("is staff now").waitFor();
  return page;
}

export async function logIn(page) {
  await press(page, "Log in with my passkey");
  await page.getByText("your login ends in").waitFor();
  await page.getByRole("heading", { level: 2 }).waitFor();
}

/** Presses a button of that name, and waits until what it does is over. */
export async function press(page, name) {
  await button(page, name).click();
  await page.locator("body:not([aria-busy])").waitFor();
}

export function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}
