// What a person does on the page, and sees.

import assert from "node:assert/strict";

/** Finds the cell of an artifact in a project, by its label, as a screen reader does. */
export const cell = (page, artifact, project) =>
  page.getByRole("gridcell", { name: new RegExp(`^${artifact} in ${project}: `) });

/** Waits until a cell has a state; fails after `within` milliseconds. */
export async function shows(page, artifact, project, state, within = 5000) {
  const wanted = page.getByRole("gridcell", { name: `${artifact} in ${project}: ${state}`, exact: true });
  await wanted.waitFor({ timeout: within });
}

/** Returns how many projects the row of an artifact says. */
export async function total(page, artifact) {
  const row = page.getByRole("rowheader", { name: artifact });
  return Number.parseInt(await row.locator(".total").innerText(), 10);
}

/** Waits until something holds. */
export async function until(what, holds, within = 5000) {
  const end = Date.now() + within;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Returns the names of the artifacts that are shown, from top to bottom. */
export const names = async (page) => {
  const rows = page.locator(".label");
  const found = await rows.evaluateAll((labels) =>
    labels.map((label) => [label.getBoundingClientRect().top, label.querySelector(".name").textContent]),
  );
  return found.sort(([a], [b]) => a - b).map(([, name]) => name);
};

/** Enters the key of the service. */
export async function giveKey(page, key) {
  await page.getByRole("button", { name: "Enter key" }).click();
  await page.getByRole("textbox", { name: "Key" }).fill(key);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Forget key" }).waitFor();
}
