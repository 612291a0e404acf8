// Without a mouse, without sight, on a phone, in the dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { cell } from "./steps.mjs";

/** Checks a page as it is by axe-core; the page's own policy does not let a script in, so its tools do. */
async function check(page, axe, what) {
  await page.evaluate(readFileSync(axe, "utf8"));
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations", "passes"] }));
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  assert.deepEqual(found, [], what);
  assert.ok(passes.length > 15, `${what}: only ${passes.length} rules were looked at`);
}

export const tests = [
  {
    name: "axe-core finds no violation: light, dark, phone, panel, key, disconnected",
    async run(world) {
      for (const colorScheme of ["light", "dark"]) {
        for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
          const page = await world.open({ colorScheme, viewport });
          const what = `${colorScheme} ${viewport.width}`;
          await check(page, world.axe, what);
          await page.getByRole("rowheader", { name: "review" }).click();
          await page.locator(".copy").first().waitFor();
          await check(page, world.axe, `${what}, panel`);
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: "Enter key" }).click();
          await check(page, world.axe, `${what}, key`);
        }
      }
      const page = await world.open();
      const plain = await world.open({ javaScriptEnabled: false, ready: false });
      assert.equal(await plain.locator("h1").innerText(), "skillstat");
      await world.service.stop();
      await page.locator('[data-watch="disconnected"]').waitFor();
      await check(page, world.axe, "disconnected");
      world.service = await world.service.again();
    },
  },
  {
    name: "everything is reached by keys",
    async run(world) {
      const page = await world.open();
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the artifacts");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.title ?? "");
      assert.equal(await focused(), "agent:planner");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(), "review in blog: not deployed");
      await page.keyboard.press("End");
      await page.keyboard.press("Control+End");
      assert.match(await focused(), /^unused in /);
      await page.keyboard.press("Control+Home");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator(".copy").first().waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "panel-title");
      await page.keyboard.press("Escape");
      assert.equal(await focused(), "skill:canvas");
      const grid = page.getByRole("grid");
      assert.deepEqual([await grid.getAttribute("aria-rowcount"), await grid.getAttribute("aria-colcount")], ["6", "5"]);
      assert.equal(await page.locator('.grid [tabindex="0"]').count(), 1, "one stop of the Tab key");
    },
  },
  {
    name: "on a phone nothing but the matrix is wider than the screen",
    async run(world) {
      const page = await world.open({ viewport: { width: 360, height: 740 } });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${width} pixels`);
      await cell(page, "review", "notes").click();
      await page.locator(".copy").first().waitFor();
      const panel = await page.locator("#panel").boundingBox();
      assert.deepEqual([panel.x, panel.width], [0, 360]);
    },
  },
  {
    name: "the key is tried before it is kept, and kept in this tab only",
    async run(world) {
      const page = await world.open();
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.getByRole("button", { name: "Enter key" }).click();
      await page.getByRole("textbox", { name: "Key" }).fill("x".repeat(64));
      await page.getByRole("button", { name: "Use key" }).click();
      await page.getByText("This is not the key of this service.").waitFor();
      await page.getByRole("textbox", { name: "Key" }).fill(world.service.key);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Forget key" }).waitFor();
      const kept = await page.evaluate(() => [Object.keys(localStorage).length, document.cookie, location.href]);
      assert.deepEqual(kept, [0, "", `${world.service.url}/`]);
      assert.ok(asked.every((url) => !url.includes(world.service.key)), "it stands in no address");
      await page.getByRole("button", { name: "Forget key" }).click();
      assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    },
  },
];
