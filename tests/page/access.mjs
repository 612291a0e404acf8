// Without a mouse, without sight, on a phone, in the dark; and who has the key.

import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { serveAtTerminal } from "./service.mjs";
import { cell, giveKey, shows } from "./steps.mjs";
import { small, write } from "./tree.mjs";

/** Checks a page as it is by axe-core; the page's own policy does not let a script in, so its tools do. */
export async function check(page, axe, what) {
  await page.evaluate(readFileSync(axe, "utf8"));
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations", "passes"] }));
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  assert.deepEqual(found, [], what);
  assert.ok(passes.length > 15, `${what}: only ${passes.length} rules were looked at`);
}

/** The states of the page, one after the other on the way of a person. */
async function checkAll(world, options, what) {
  const page = await world.open(options);
  await check(page, world.axe, what);
  await page.getByRole("button", { name: "Enter key" }).click();
  await check(page, world.axe, `${what}, key`);
  await page.keyboard.press("Escape");
  await giveKey(page, world.service.key);
  await cell(page, "review", "notes").click();
  await page.locator(".line.plus").waitFor();
  await check(page, world.axe, `${what}, diff`);
  await page.getByRole("button", { name: "Update…" }).click();
  await page.getByText("Careful:").waitFor();
  await check(page, world.axe, `${what}, plan`);
}

export const tests = [
  {
    name: "axe-core finds no violation: light, dark, phone, diff, plan, key, disconnected, without a script",
    async run(world) {
      await checkAll(world, { colorScheme: "light" }, "light");
      await checkAll(world, { colorScheme: "dark" }, "dark");
      await checkAll(world, { viewport: { width: 360, height: 740 } }, "phone");
      // As it comes; axe-core itself needs scripts.
      const before = (page) => page.route("**/page/main.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
      const plain = await world.open({ before, ready: false });
      await check(plain, world.axe, "without a script");
      const page = await world.open();
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
      const line = await page.locator("#freshness").boundingBox();
      assert.ok(line.y === 0 && line.height <= panel.y, "how old it is stays in sight");
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
  {
    name: "the link that is shown at a terminal gives the key, once",
    async run(world) {
      const { link, stop } = await serveAtTerminal(world.base, world.root);
      try {
        const page = await world.open();
        const asked = [];
        page.on("request", (request) => asked.push(request.url()));
        await page.goto(link);
        await page.getByRole("button", { name: "Forget key" }).waitFor();
        assert.equal(await page.evaluate(() => location.hash), "");
        assert.ok(asked.every((url) => !new URL(url).search.includes("enter")), "it is sent in no address");
        const again = await world.open();
        await again.goto(link);
        await again.getByText("The key did not come: the link was used before, or is too old.").waitFor({ state: "attached" });
        assert.equal(await again.evaluate(() => sessionStorage.length), 0);
        await page.goto("about:blank");
        await again.goto("about:blank");
      } finally {
        await stop();
      }
    },
  },
  {
    name: "where reading takes the key, nothing is shown before it is there",
    make: (base) => {
      // Beyond this machine a key must be there before.
      write(join(base, "home/.local/state/skillstat/key"), "k".repeat(32));
      chmodSync(join(base, "home/.local/state/skillstat/key"), 0o600);
      return small(base);
    },
    options: { listen: "0.0.0.0:0" },
    async run(world) {
      const page = await world.open({ ready: false });
      await page.locator('[data-watch="refused"]').waitFor();
      assert.match(await page.locator("#banner").innerText(), /The service takes its key for reading, too\./);
      assert.doesNotMatch(await page.content(), /planner|notes/);
      await check(page, world.axe, "locked");
      await page.locator("#banner").getByRole("button", { name: "Enter key" }).click();
      await page.getByRole("textbox", { name: "Key" }).fill(world.service.key);
      await page.keyboard.press("Enter");
      await page.locator('[data-watch="live"]').waitFor();
      await cell(page, "canvas", "blog").waitFor();
    },
  },
  {
    name: "where this machine is trusted no key is asked for",
    options: { flags: ["--trust-loopback"] },
    async run(world) {
      const page = await world.open();
      await cell(page, "canvas", "shop").click();
      await page.getByRole("button", { name: "Deploy…" }).click();
      await page.getByRole("button", { name: "Deploy", exact: true }).click();
      await shows(page, "canvas", "shop", "synced");
    },
  },
];
