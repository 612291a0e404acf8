// Other machines: choosing one, what it has reported, and that nobody takes it for what is so now.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { check } from "./access.mjs";
import { redis } from "./redis.mjs";
import { serve } from "./service.mjs";
import { cell, until } from "./steps.mjs";
import { artifact, deploy } from "./tree.mjs";

const IMAGE = "<img src=x onerror=window.hurt=1>";

/** Starts another machine with these artifacts in one project. */
async function machine(world, name, artifacts) {
  const base = join(world.base, `machine-${encodeURIComponent(name).slice(0, 20)}`);
  const root = join(base, "root");
  mkdirSync(root, { recursive: true });
  deploy(join(root, "project"), artifacts);
  const service = await serve(base, root, { flags: world.beside.flags, env: { SKILLSTAT_HOST_NAME: name } });
  return { root, service, id: (await service.json("/api/v1/fleet")).this };
}

/** Returns the texts that are offered, one for each machine. */
const offered = (page) => page.getByLabel("Host").locator("option").allTextContents();

/** Waits until these are offered, ages aside. */
async function offers(page, expected) {
  let seen;
  const same = async () => {
    seen = (await offered(page)).map((text) => text.replace(/\d+ (s|min)/, "AGE"));
    return JSON.stringify(seen) === JSON.stringify(expected);
  };
  await until("", same, 15_000).catch(() => assert.deepEqual(seen, expected));
}

/** Returns what is shown of a machine: its line, and the cells of its rows. */
async function shown(page) {
  const rows = await page.locator("#host-view tbody tr").allInnerTexts();
  return { line: await page.locator("#host-view .heard").innerText(), rows: rows.map((row) => row.trim().split(/\s*\t\s*/)) };
}

const AMONG_OTHERS = {
  beside: redis,
  options: { env: { SKILLSTAT_HOST_NAME: "build" } },
};

export const tests = [
  {
    name: "without other machines none is offered",
    async run(world) {
      const page = await world.open();
      assert.equal(await page.getByLabel("Host").count(), 0);
    },
  },
  {
    ...AMONG_OTHERS,
    name: "another host is chosen and shown as it reported itself",
    async run(world) {
      const pdf = artifact("skill:pdf", { "SKILL.md": "# PDF\n" });
      const laptop = await machine(world, "laptop", [pdf, artifact("agent:scribe", { "": "Write.\n" })]);
      try {
        const page = await world.open();
        await offers(page, ["this machine · build", "current · laptop"]);
        // By keys, as everything.
        await page.getByLabel("Host").focus();
        await page.keyboard.press("ArrowDown");
        await page.locator("#host-view tbody tr").first().waitFor();
        const scribe = ["agent", "scribe", "1", "0", "✓ synced"];
        const current = await shown(page);
        assert.deepEqual(current.rows, [scribe, ["skill", "pdf", "1", "0", "✓ synced"]]);
        assert.match(current.line, /^Current: last heard of \d+ s ago, watching: \w+\. 1 project, 2 artifacts, 0 modified, 0 problems\.$/);
        assert.equal(await page.getByRole("heading", { name: "laptop" }).count(), 1);
        await page.getByText("Comparing and deploying is possible only on its own service.").waitFor();
        for (const own of ["#matrix", "#filters", "#freshness", "#legend", "#again"]) {
          assert.equal(await page.locator(own).isVisible(), false, `${own} is of this machine`);
        }
        await until("it is said", async () => /laptop: Current/.test(await page.locator("#said").innerText()));
        await check(page, world.axe, "another machine");

        appendFileSync(join(laptop.root, "project/.claude/skills/pdf/SKILL.md"), "Edited.\n");
        const isEdited = async () => (await shown(page)).rows[1].join() === "skill,pdf,1,1,M modified";
        await until("the edit is shown", isEdited, 20_000);

        await laptop.service.stop();
        world.beside.age(laptop.id, 3600);
        await offers(page, ["this machine · build", "stale, AGE · laptop"]);
        const stale = await shown(page);
        assert.match(stale.line, /^Stale: last heard of 60 min ago\. How it is now is not known/);
        assert.deepEqual(stale.rows[0], ["agent", "scribe", "1", "0", "· unknown"]);
        assert.doesNotMatch(await page.locator("#host-view").innerText(), /synced|Current/i);
        await check(page, world.axe, "a stale machine");

        await page.getByLabel("Host").selectOption({ index: 0 });
        await cell(page, "review", "notes").waitFor();
        assert.equal(await page.locator("#host-view").isVisible(), false);
        assert.equal(await page.locator("#freshness").isVisible(), true);
      } finally {
        await laptop.service.stop();
      }
    },
  },
  {
    ...AMONG_OTHERS,
    name: "of hosts that cannot be asked for nothing is known",
    expected: /status of 503/,
    async run(world) {
      const laptop = await machine(world, "laptop", [artifact("agent:scribe", { "": "Write.\n" })]);
      try {
        const page = await world.open();
        await offers(page, ["this machine · build", "current · laptop"]);
        await page.getByLabel("Host").selectOption(laptop.id);
        await page.locator("#host-view").getByText("synced").waitFor();
        await world.beside.stop();
        await offers(page, ["this machine · build", "unknown · laptop"]);
        const away = await shown(page);
        assert.match(away.line, /^Not known: other machines cannot be reached: .* It was last heard of \d+ s ago\./);
        assert.deepEqual(away.rows, [["agent", "scribe", "1", "0", "· unknown"]]);
        await world.service.stop();
        await until("it is said", async () => /^Not known: the service does not answer/.test((await shown(page)).line), 15_000);
        await page.locator("#banner").getByText("The service does not answer.").waitFor();
      } finally {
        await laptop.service.stop();
      }
    },
  },
  {
    ...AMONG_OTHERS,
    name: "no name of a host or of its artifacts can inject",
    async run(world) {
      const names = [IMAGE, `"'&lt;\u202ex`, "n".repeat(250)];
      const hosts = [];
      try {
        for (const name of names) {
          hosts.push(await machine(world, name, [artifact(`skill:${name}`, { "SKILL.md": "# x\n" })]));
        }
        for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
          const page = await world.open({ viewport });
          await offers(page, ["this machine · build", "current · \"'&lt;\\u{202e}x", `current · ${IMAGE}`, `current · ${"n".repeat(250)}`]);
          for (const [place, { id }] of hosts.entries()) {
            await page.getByLabel("Host").selectOption(id);
            await page.locator("#host-view tbody th").waitFor();
            const name = names[place].replace("\u202e", "\\u{202e}");
            assert.equal(await page.locator("#host-view tbody th").textContent(), name);
            assert.equal(await page.locator("#host-view h2").textContent(), name);
            const width = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(width <= viewport.width, `${width} pixels`);
          }
          assert.equal(await page.locator("main script, main img, header img").count(), 0);
          assert.ok(!(await page.content()).includes("\u202e"), "a mark is in the document");
          assert.equal(await page.evaluate(() => window.hurt), undefined);
        }
      } finally {
        for (const { service } of hosts) await service.stop();
      }
    },
  },
];
