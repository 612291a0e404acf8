// What 500 projects and 300 artifacts cost. Printed; only what would mean that windowing is broken fails.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { large } from "./tree.mjs";

const say = (text) => console.log(`       ${text}`);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const shown = (numbers) => `median ${median(numbers).toFixed(1)} ms, most ${Math.max(...numbers).toFixed(1)} ms`;

/** Notes every request of a page, and the bytes of its answer. */
async function count(page, asked) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const note = (id, what) => asked.has(id) && Object.assign(asked.get(id), what);
  session.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, { path: new URL(request.url).pathname, bytes: 0 }));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => note(requestId, { bytes: encodedDataLength }));
}

/** Loads the page and tells what crossed the wire. */
async function firstPaint(world) {
  const asked = new Map();
  const page = await world.open({ before: (page) => count(page, asked) });
  const all = [...asked.values()];
  const bytes = (some) => some.reduce((sum, one) => sum + one.bytes, 0);
  const of = (test) => all.filter(({ path }) => test(path));
  const [html, files, matrix] = [of((path) => path === "/"), of((path) => path.startsWith("/page/")), of((path) => path === "/api/v1/matrix")];
  const before = bytes([...html, ...files]);
  say(`first paint: ${before} bytes in ${html.length + files.length} requests (HTML ${bytes(html)}, ${files.length} files ${bytes(files)})`);
  say(`data: ${bytes(matrix)} bytes in ${matrix.length} request; ${before + bytes(matrix)} bytes in all`);
  assert.equal(matrix.length, 1, "one round trip for data");
  return page;
}

/** Returns the milliseconds that the main thread was busy for while something was done. */
async function busy(session, work) {
  const spent = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (wanted) => metrics.find(({ name }) => name === wanted).value * 1000;
    // What the browser's tools do there is not the page's.
    return of("TaskDuration") - of("DevToolsCommandDuration");
  };
  const before = await spent();
  await work();
  return (await spent()) - before;
}

export const tests = [
  {
    name: "500 projects and 300 artifacts",
    make: large,
    async run(world) {
      await world.service.live();
      const page = await firstPaint(world);
      await page.locator('[data-watch="live"]').waitFor();
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      const grid = page.getByRole("grid");
      const size = [await grid.getAttribute("aria-rowcount"), await grid.getAttribute("aria-colcount")];
      say(`grid of ${size[0]} rows and ${size[1]} columns, names included`);
      const drawn = () => page.locator(".cell").count();
      assert.ok((await drawn()) < 4000, "only what is seen is drawn");

      const filtering = [];
      for (const text of ["a", "ar", "art", "", "s", "sk", "ski", ""]) {
        filtering.push(
          await page.evaluate(async (text) => {
            const field = document.getElementById("filter-name");
            field.value = text;
            const begun = performance.now();
            field.dispatchEvent(new Event("input", { bubbles: true }));
            // Until it is painted.
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return performance.now() - begun;
          }, text),
        );
      }
      say(`filtering, from key to painted: ${shown(filtering)}`);

      const frames = await page.evaluate(async () => {
        const view = document.querySelector(".grid");
        const times = [];
        let last = performance.now();
        for (let step = 0; step < 120; step++) {
          view.scrollBy(step % 3 ? 0 : 170, step % 3 ? 90 : 0);
          await new Promise((done) => requestAnimationFrame(done));
          const now = performance.now();
          times.push(now - last);
          last = now;
        }
        view.scrollTo(0, 0);
        return times;
      });
      say(`scrolling both ways, a frame: ${shown(frames)}`);
      assert.ok((await drawn()) < 4000, "what was scrolled past is not kept");

      const { artifacts } = await world.service.json("/api/v1/status");
      const one = artifacts.find(({ projects }) => projects.some(({ state }) => state === "synced"));
      const project = one.projects.find(({ state }) => state === "synced");
      const copy = project.copies[0];
      const row = page.locator(`.label[title="${one.artifact}"]`);
      await row.waitFor();
      const place = join(project.project_path, copy.profile_root, copy.path);
      const file = copy.path.endsWith(".md") ? place : join(place, one.artifact.startsWith("mcp:") ? "server.json" : "SKILL.md");
      await pause(1000);
      const idle = await busy(session, () => pause(500));
      const before = await page.evaluate(() => performance.getEntriesByName("skillstat:event").length);
      const times = [];
      for (let edit = 0; edit < 5; edit++) {
        const total = await busy(session, async () => {
          appendFileSync(file, "Edited.\n");
          // Looking whether it is done would take time of the page's.
          await pause(500);
        });
        await page.waitForFunction((count) => performance.getEntriesByName("skillstat:event").length > count, before + edit);
        times.push(total - idle);
      }
      const own = await page.evaluate(() => performance.getEntriesByName("skillstat:event").map(({ duration }) => duration));
      say(`an event, main thread in all (idle ${idle.toFixed(1)} ms in the same time taken off): ${shown(times)}`);
      say(`an event, in the script: ${shown(own)}`);
    },
  },
];
