// Looking into files and changing them: the diff, deploying, updating, undeploying, bringing back.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cell, giveKey, shows, total, until } from "./steps.mjs";

const dialog = (page) => page.getByRole("dialog");
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

export const tests = [
  {
    name: "a diff is opened and the changed line is read",
    async run(world) {
      appendFileSync(join(world.root, "shop/.claude/skills/pdf/SKILL.md"), "A local line. <b>\u202e\n");
      const page = await world.open();
      await shows(page, "pdf", "shop", "modified");
      await cell(page, "pdf", "shop").click();
      await press(page, "Show what differs");
      await page.getByRole("textbox", { name: "Key" }).fill(world.service.key);
      await press(page, "Use key");
      await page.locator(".line.plus").waitFor();
      assert.deepEqual(await page.locator(".line.plus").allTextContents(), ["+A local line. <b>\\u{202e}\n"]);
      assert.equal(await page.locator(".line.minus").count(), 0);
      assert.match(await page.locator(".file summary").textContent(), /^SKILL\.md differs$/);
      await page.getByText("1 file is the same.").waitFor();
      appendFileSync(join(world.root, "shop/.claude/skills/pdf/SKILL.md"), "Another line.\n");
      await until("the diff follows", async () => (await page.locator(".line.plus").count()) === 2);
    },
  },
  {
    name: "a diff says what cannot be shown line by line",
    async run(world) {
      writeFileSync(join(world.root, "shop/.claude/skills/pdf/scripts/run.py"), Buffer.from([0, 1, 2]));
      writeFileSync(join(world.root, "shop/.claude/skills/pdf/more.md"), "More.\n");
      const page = await world.open();
      await giveKey(page, world.service.key);
      await cell(page, "pdf", "shop").click();
      await page.getByText("Not shown line by line: binary.").waitFor();
      await page.getByText("only in the project").waitFor();
    },
  },
  {
    name: "deploying makes the count rise, undeploying makes it fall",
    async run(world) {
      const page = await world.open();
      assert.equal(await total(page, "canvas"), 2);
      await cell(page, "canvas", "shop").click();
      await page.getByText("It is not deployed in this project.").waitFor();
      await press(page, "Deploy…");
      await page.getByRole("textbox", { name: "Key" }).fill(world.service.key);
      await press(page, "Use key");
      await dialog(page).getByText("A copy is made here.").waitFor();
      await dialog(page).getByText("shop/.claude/skills/canvas").waitFor();
      const copy = join(world.root, "shop/.claude/skills/canvas/SKILL.md");
      assert.equal(existsSync(copy), false, "what is only planned is not done");
      await press(page, "Deploy");
      await shows(page, "canvas", "shop", "synced");
      await until("the count rises", async () => (await total(page, "canvas")) === 3);
      assert.equal(readFileSync(copy, "utf8"), "# Canvas\n\nDraw.\n");
      await page.getByText("Deployed.").waitFor();

      await press(page, "Undeploy…");
      await dialog(page).getByText("The copy here is taken away, with its record.").waitFor();
      await press(page, "Cancel");
      assert.ok(existsSync(copy), "what is not confirmed is not done");
      await press(page, "Undeploy…");
      await press(page, "Undeploy");
      await shows(page, "canvas", "shop", "not deployed");
      await until("the count falls", async () => (await total(page, "canvas")) === 2);
      assert.equal(existsSync(copy), false);

      await press(page, "Bring it back…");
      await dialog(page).getByText("The backup is put back here.").waitFor();
      await press(page, "Bring back");
      await shows(page, "canvas", "shop", "synced");
      assert.equal(readFileSync(copy, "utf8"), "# Canvas\n\nDraw.\n");
    },
  },
  {
    name: "an edited copy is replaced only when that is said, and can be brought back",
    async run(world) {
      const copy = join(world.root, "team/notes/.claude/commands/review.md");
      const page = await world.open();
      await giveKey(page, world.service.key);
      await cell(page, "review", "notes").click();
      await press(page, "Update…");
      await dialog(page).getByText("Careful:").waitFor();
      assert.equal(readFileSync(copy, "utf8"), "Review it all.\n");
      await press(page, "Update in spite of the edits");
      await shows(page, "review", "notes", "synced");
      assert.equal(readFileSync(copy, "utf8"), "Review the change.\n");
      await press(page, "Bring it back…");
      await press(page, "Bring back");
      await shows(page, "review", "notes", "modified");
      assert.equal(readFileSync(copy, "utf8"), "Review it all.\n");
    },
  },
  {
    name: "what changes between the plan and the word is not done",
    async run(world) {
      const copy = join(world.root, "shop/.claude/commands/review.md");
      const page = await world.open();
      await giveKey(page, world.service.key);
      await cell(page, "review", "shop").click();
      await press(page, "Undeploy…");
      await dialog(page).getByText("The copy here is taken away").waitFor();
      appendFileSync(copy, "Edited meanwhile.\n");
      await press(page, "Undeploy");
      await dialog(page).getByText(/^It was not done: /).waitFor();
      await dialog(page).getByText("Careful:").waitFor();
      assert.match(readFileSync(copy, "utf8"), /Edited meanwhile/);
      await press(page, "Cancel");
    },
  },
  {
    name: "what is deployed nowhere can be deployed to a project that is typed",
    async run(world) {
      const page = await world.open();
      await giveKey(page, world.service.key);
      await page.getByRole("rowheader", { name: "unused" }).click();
      await page.getByLabel("Deploy to another project").fill(join(world.root, "nowhere"));
      await press(page, "Deploy…");
      await dialog(page).getByText(/It cannot be done: .*does not exist/).waitFor();
      await press(page, "Close");
      await page.getByLabel("Deploy to another project").fill(join(world.root, "blog"));
      await press(page, "Deploy…");
      await press(page, "Deploy");
      await shows(page, "unused", "blog", "synced");
      assert.equal(await total(page, "unused"), 1);
    },
  },
  {
    name: "what the collection has anew makes copies outdated, and updating mends that",
    async run(world) {
      const page = await world.open();
      await giveKey(page, world.service.key);
      writeFileSync(join(world.base, "home/.skillmeat/collections/default/agents/planner.md"), "Plan it better.\n");
      await shows(page, "planner", "site", "outdated");
      await cell(page, "planner", "site").click();
      await page.locator(".line.minus").waitFor();
      assert.deepEqual(await page.locator(".line").allTextContents(), ["@@ -1 +1 @@\n", "-Plan it better.\n", "+Plan the work.\n"]);
      await press(page, "Update…");
      await press(page, "Update");
      await shows(page, "planner", "site", "synced");
      await shows(page, "planner", "blog", "outdated");
    },
  },
];
