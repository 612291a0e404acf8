// The pictures in docs/: made only when they are asked for.

import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { giveKey } from "./steps.mjs";
import { artifact, collect, deploy } from "./tree.mjs";

const ARTIFACTS = `agent:planner agent:test-writer command:commit-message command:release-notes command:review hook:format
  mcp:issue-tracker skill:accessible-html skill:api-review skill:canvas skill:changelog-writer skill:data-model
  skill:pdf skill:sql-explain skill:style-guide`.split(/\s+/);
const PROJECTS = `blog docs shop website apps/ledger apps/notes apps/timer data/ingest data/reports infra/deploy
  team/handbook team/site tools/bench tools/lint`.split(/\s+/);

/** A tree with something to see: every state that a copy can have. */
function fleet(base) {
  const root = join(base, "dev");
  const text = (id) => `# ${id.split(":")[1]}\n\nOne line.\nAnother line.\n`;
  const artifacts = ARTIFACTS.map((id) => artifact(id, /^(skill|mcp)/.test(id) ? { "SKILL.md": text(id) } : { "": text(id) }));
  PROJECTS.forEach((project, column) => {
    // No pattern that an eye finds, and the same in every run.
    const held = artifacts.filter((_, row) => (row * row * 7 + column * column * 5 + row * column * 3) % 11 < 4);
    deploy(join(root, project), held);
    held.forEach((one, place) => {
      const copy = join(root, project, ".claude", one.path);
      const fate = (place * 5 + column * 3) % 13;
      if (fate === 0) appendFileSync("" in one.files ? copy : join(copy, "SKILL.md"), "A local note.\n");
      if (fate === 7 && column % 3 === 0) rmSync(copy, { recursive: true });
    });
  });
  // Two have a newer version in the collection.
  const newer = (id) => ({ "SKILL.md": `${text(id)}A newer line.\n` });
  const now = (one) => (["skill:canvas", "skill:pdf"].includes(one.id) ? artifact(one.id, newer(one.id)) : one);
  collect(join(base, "home"), artifacts.map(now));
  return root;
}

/** Returns the "tests" that take them into a directory. */
export const tests = (directory) => [
  {
    name: "pictures",
    make: fleet,
    async run(world) {
      const shoot = (page, name) => page.screenshot({ path: join(directory, `page-${name}.png`) });
      for (const colorScheme of ["light", "dark"]) {
        const page = await world.open({ colorScheme, viewport: { width: 1180, height: 640 } });
        await giveKey(page, world.service.key);
        await page.locator(".cell.conflict").first().click();
        await page.locator(".line.plus").waitFor();
        await shoot(page, colorScheme);
        if (colorScheme === "light") {
          await page.getByRole("button", { name: "Update…" }).click();
          await page.getByText("Careful:").waitFor();
          await shoot(page, "plan");
        }
      }
      const phone = await world.open({ viewport: { width: 390, height: 760 } });
      await shoot(phone, "phone");
      const page = await world.open({ viewport: { width: 1180, height: 640 } });
      await world.service.stop();
      await page.locator('[data-watch="disconnected"]').waitFor();
      await shoot(page, "disconnected");
      world.service = await world.service.again();
    },
  },
];
