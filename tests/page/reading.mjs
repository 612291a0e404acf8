// Looking: the matrix follows the disk, is filtered, opens copies, and says how old it is.

import assert from "node:assert/strict";
import { appendFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { cell, names, shows, total, until } from "./steps.mjs";
import { artifact, deploy } from "./tree.mjs";

export const tests = [
  {
    name: "without a script the table can be read",
    async run(world) {
      const page = await world.open({ javaScriptEnabled: false, ready: false });
      const rows = await page.locator("#overview tbody tr").allInnerTexts();
      const expected = [
        ["agent", "planner", "2", "0", "synced"],
        ["command", "review", "2", "1", "modified"],
        ["skill", "canvas", "2", "0", "synced"],
        ["skill", "pdf", "2", "0", "synced"],
        ["skill", "unused", "0", "0", "not deployed"],
      ];
      assert.deepEqual(rows.map((row) => row.trim().split(/\s*\t\s*/)), expected);
      assert.match(await page.locator("#freshness").innerText(), /5 artifacts, 4 projects, 1 modified; read \d+ s ago/);
      assert.equal(await page.locator("#filters").isVisible(), false, "what needs a script is not there");
    },
  },
  {
    name: "programs get at / what they got before",
    async run({ service }) {
      for (const headers of [{}, { Accept: "*/*" }, { Accept: "application/json" }]) {
        const answer = await fetch(service.url, { headers });
        assert.equal((await answer.json()).name, "skillstat API");
        assert.equal(answer.headers.get("vary"), "Accept");
      }
    },
  },
  {
    name: "an edit on disk changes its cell within a second, without reload",
    async run(world) {
      const page = await world.open();
      await shows(page, "pdf", "shop", "synced");
      await page.evaluate(() => (document.body.dataset.same = "document"));
      appendFileSync(join(world.root, "shop/.claude/skills/pdf/SKILL.md"), "Edited.\n");
      const begun = performance.now();
      await shows(page, "pdf", "shop", "modified", 1000);
      console.log(`       seen ${Math.round(performance.now() - begun)} ms after the edit`);
      await shows(page, "pdf", "blog", "synced");
      assert.equal(await page.locator('.label[title="skill:pdf"] .edited').textContent(), "1 modified");
      assert.equal(await page.evaluate(() => document.body.dataset.same), "document", "it was reloaded");
      await until("a screen reader is told", async () => /pdf in shop: modified/.test(await page.locator("#said").innerText()));
    },
  },
  {
    name: "projects that come and go change the columns",
    async run(world) {
      const page = await world.open();
      assert.equal(await total(page, "review"), 2);
      const review = artifact("command:review", { "": "Review the change.\n" });
      deploy(join(world.root, "new"), [review]);
      await shows(page, "review", "new", "synced", 2000);
      assert.equal(await total(page, "review"), 3);
      rmSync(join(world.root, "new"), { recursive: true });
      await until("the column goes", async () => (await cell(page, "review", "new").count()) === 0);
      assert.equal(await total(page, "review"), 2);
    },
  },
  {
    name: "filters choose by name, type, state and project",
    async run(world) {
      const page = await world.open();
      const all = ["planner", "review", "canvas", "pdf", "unused"];
      assert.deepEqual(await names(page), all);
      await page.getByLabel("Artifact", { exact: true }).fill("PD");
      assert.deepEqual(await names(page), ["pdf"]);
      assert.equal(await page.getByRole("columnheader").count(), 3, "its two projects and the corner");
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByLabel("Type").selectOption("skill");
      assert.deepEqual(await names(page), ["canvas", "pdf", "unused"]);
      await page.getByLabel("State").selectOption("modified");
      assert.equal(await page.locator("main > .notice").innerText(), "No artifact is like that. Show all");
      await page.locator("main > .notice button").click();
      await page.getByLabel("State").selectOption("modified");
      assert.deepEqual(await names(page), ["review"]);
      await page.getByLabel("State").selectOption("not deployed");
      assert.deepEqual(await names(page), ["unused"]);
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByLabel("Project", { exact: true }).fill("team/");
      assert.deepEqual(await names(page), ["planner", "review", "canvas"]);
      assert.match(await page.locator("#counts").innerText(), /^3 of 5 artifacts, 2 of 4 projects, /);
      await page.reload();
      await page.locator(".grid .cell").first().waitFor();
      assert.deepEqual(await names(page), ["planner", "review", "canvas"], "the address keeps the filter");
      await page.getByRole("button", { name: "Show all" }).click();
      assert.deepEqual(await names(page), all);
    },
  },
  {
    name: "a click opens the copies of an artifact",
    async run(world) {
      const page = await world.open();
      await page.getByRole("rowheader", { name: "canvas" }).click();
      const panel = page.getByRole("complementary");
      await panel.getByText(".agents/skills/canvas").waitFor();
      await panel.getByText(".claude/skills/canvas").waitFor();
      await cell(page, "review", "notes").click();
      await panel.getByText(".claude/commands/review.md").waitFor();
      assert.equal(await panel.locator(".state").textContent(), "M modified");
      await panel.getByText("It is in 1 other project, too.").waitFor();
      await panel.getByRole("button", { name: "All projects" }).click();
      await until("both projects", async () => (await panel.locator(".copy").count()) === 2);
      appendFileSync(join(world.root, "shop/.claude/commands/review.md"), "Edited.\n");
      await until("the panel follows", async () => (await panel.locator(".state.modified").count()) === 2);
      await page.keyboard.press("Escape");
      assert.equal(await panel.isVisible(), false);
      assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^review in notes/);
    },
  },
  {
    name: "it says when the service is gone, and recovers when it is back",
    async run(world) {
      const page = await world.open();
      await world.service.stop();
      await page.locator('[data-watch="disconnected"]').waitFor({ timeout: 5000 });
      assert.match(await page.locator("#freshness").innerText(), /^Disconnected/);
      await page.locator("#banner").getByText("The service does not answer.").waitFor();
      await page.getByText(/Trying again in \d+ s/).waitFor();
      assert.ok(await cell(page, "pdf", "shop").isVisible(), "what was known is still there");
      appendFileSync(join(world.root, "blog/.claude/agents/planner.md"), "Edited.\n");
      world.service = await world.service.again();
      await page.locator('[data-watch="live"]').waitFor({ timeout: 20_000 });
      assert.equal(await page.locator("#banner").isVisible(), false);
      await shows(page, "planner", "blog", "modified");
    },
  },
  {
    name: "a service of another release gets its own page",
    async run(world) {
      const page = await world.open();
      await page.evaluate(() => (document.body.dataset.same = "document"));
      await world.service.stop();
      world.service = await world.service.again();
      await page.locator('[data-watch="live"]').waitFor({ timeout: 20_000 });
      await until("everything is read", async () => /read [0-3] s ago/.test(await page.locator("#age").innerText()));
      assert.equal(await page.evaluate(() => document.body.dataset.same), "document", "the same release, the same page");
      await page.route("**/api/v1/version", (route) => route.fulfill({ json: { version: "9.9.9" } }));
      await world.service.stop();
      world.service = await world.service.again();
      await until("it is loaded anew", async () => {
        try {
          return (await page.evaluate(() => document.body.dataset.same)) === undefined;
        } catch {
          return false;
        }
      }, 20_000);
      await page.locator(".grid .cell").first().waitFor();
    },
  },
  {
    name: "after many edits at once it shows what the disk has",
    async run(world) {
      const page = await world.open();
      const copies = ["shop/.claude/skills/pdf/SKILL.md", "blog/.claude/skills/pdf/SKILL.md", "blog/.claude/agents/planner.md", "team/site/.claude/agents/planner.md"];
      for (let round = 0; round < 40; round++) {
        const copy = join(world.root, copies[(round * 7) % copies.length]);
        if (round % 3) appendFileSync(copy, "Edited.\n");
        else renameSync(copy, `${copy}.aside`), renameSync(`${copy}.aside`, copy);
        await new Promise((done) => setTimeout(done, (round * 13) % 30));
      }
      rmSync(join(world.root, copies[3]));
      const { artifacts } = await world.service.json("/api/v1/status");
      for (const { artifact, projects } of artifacts) {
        const name = artifact.split(":")[1];
        for (const { project_name: project, state } of projects) await shows(page, name, project, state);
        await until(`the count of ${name}`, async () => (await total(page, name)) === projects.length);
      }
      await shows(page, "planner", "site", "missing");
    },
  },
  {
    name: "nothing deployed is an answer",
    make: (base) => {
      deploy(join(base, "root/empty"), []);
      return join(base, "root");
    },
    async run(world) {
      const page = await world.open({ ready: false });
      await page.getByText("Nothing is deployed below the search roots").waitFor();
      await page.locator('[data-watch="live"]').waitFor();
    },
  },
  {
    name: "what could not be read is told, with what mends it",
    make: (base) => {
      const review = artifact("command:review", { "": "Review.\n" });
      deploy(join(base, "root/shop"), [review]);
      const tracker = join(base, "root/shop/.claude/.skillmeat-deployed.toml");
      appendFileSync(tracker, '\n[[deployed]]\nartifact_name = "broken"\n');
      return join(base, "root");
    },
    async run(world) {
      for (const javaScriptEnabled of [true, false]) {
        const page = await world.open({ javaScriptEnabled, ready: javaScriptEnabled });
        await page.getByText(/^Problems/).click();
        const item = await page.locator("#problem-list li").first().innerText();
        assert.match(item, /\.skillmeat-deployed\.toml:\d+: [^]*To mend it: ./);
      }
    },
  },
  {
    name: "what is not watched is said, with what to do",
    async run(world) {
      const gap = { kind: "unwatched", path: "/p/x", line: null, reason: "too few watches", fix: "raise the limit" };
      const coverage = { state: "degraded", method: "inotify", watches: 1, budget: 1, looked_at: 1, bound_seconds: 5, left_out: [], gaps: [gap] };
      const before = (page) => page.route("**/api/v1/watch", (route) => route.fulfill({ json: coverage }));
      const page = await world.open({ before, ready: false });
      await page.locator('[data-watch="degraded"]').waitFor();
      await page.getByText("Not every change is seen at once; the rest is within 5 s.").waitFor();
      await page.getByText("What is not watched").click();
      await page.getByText("/p/x: too few watches. To mend it: raise the limit").waitFor();
    },
  },
];
