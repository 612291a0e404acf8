// The browser test of the page: the real service, a real browser, a person's steps. Run by scripts/page.
//
//     node tests/page/main.mjs [--only WORD] [--screenshots DIRECTORY]
//
// PAGE_MODULES  where playwright-core and axe-core are;  PAGE_BROWSER  the browser;  SKILLSTAT  the binary

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as access from "./access.mjs";
import * as figures from "./figures.mjs";
import * as hostile from "./hostile.mjs";
import * as hosts from "./hosts.mjs";
import * as pictures from "./pictures.mjs";
import * as reading from "./reading.mjs";
import * as writing from "./writing.mjs";
import { serve } from "./service.mjs";
import { small } from "./tree.mjs";

const modules = createRequire(join(process.env.PAGE_MODULES, "package.json"));
const { chromium } = modules("playwright-core");
const axe = modules.resolve("axe-core/axe.min.js");

const argument = (name) => {
  const place = process.argv.indexOf(name);
  return place < 0 ? null : process.argv[place + 1];
};
const only = argument("--only");
const directory = argument("--screenshots");

/** Starts the browser, which does not always start at the first try on a machine without a screen. */
async function launch(tries = 3) {
  try {
    return await chromium.launch({
      executablePath: process.env.PAGE_BROWSER,
      // A container's root has no namespaces for its sandbox; what is shown here is ours alone.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
  } catch (error) {
    if (tries === 1) throw error;
    console.log("the browser did not start; once more");
    return launch(tries - 1);
  }
}

const browser = await launch();

/**
 * What a test is given: a tree, a service over it, and windows of the browser. `beside` starts what the service
 * needs beside it, `expected` is what else the browser may complain of.
 */
async function world({ make = small, options = {}, beside = () => null, expected = null }) {
  const base = mkdtempSync(join(tmpdir(), "skillstat-page."));
  const root = make(base);
  const started = await beside(base);
  const flags = [...(options.flags ?? []), ...(started?.flags ?? [])];
  const service = await serve(base, root, { ...options, flags }).catch(async (error) => {
    await started?.stop();
    throw error;
  });
  const contexts = [];
  return {
    base,
    root,
    axe,
    service,
    beside: started,
    /** Opens the page; whatever the browser complains of fails the test. */
    async open({ ready = true, before = () => {}, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.faults = [];
      page.on("pageerror", (error) => page.faults.push(String(error)));
      page.on("console", (message) => {
        const usual = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|status of (401|403|409)/;
        if (message.type() === "error" && !usual.test(message.text()) && !expected?.test(message.text())) page.faults.push(message.text());
      });
      page.on("dialog", (dialog) => {
        page.faults.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
      });
      await before(page);
      await page.goto(this.service.url);
      if (ready) {
        await page.locator('[data-watch="live"]').waitFor();
        await page.locator(".grid .cell").first().waitFor();
      }
      return page;
    },
    async end() {
      const faults = contexts.flatMap((context) => context.pages().flatMap((page) => page.faults));
      for (const context of contexts) await context.close();
      await this.service.stop();
      await started?.stop();
      rmSync(base, { recursive: true, force: true });
      if (faults.length > 0) throw new Error(`the browser complained: ${faults.join("; ")}`);
    },
  };
}

const tests = [...reading.tests, ...writing.tests, ...access.tests, ...hosts.tests, ...hostile.tests, ...figures.tests];
if (directory) tests.splice(0, tests.length, ...pictures.tests(directory));
let failed = 0;
let ran = 0;
for (const test of tests) {
  const { name, run } = test;
  if (only && !name.includes(only)) continue;
  ran++;
  const begun = performance.now();
  let error = null;
  let current = null;
  try {
    current = await world(test);
    await run(current);
  } catch (fault) {
    error = fault;
  }
  try {
    await current?.end();
  } catch (fault) {
    error ??= fault;
  }
  const time = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  console.log(`${error ? "FAILED" : "    ok"} [${time}] ${name}`);
  if (error) {
    failed++;
    console.log(String(error.stack ?? error).replace(/^/gm, "       "));
  }
}
await browser.close();
console.log(`${ran} tests of the page run: ${ran - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || ran === 0 ? 1 : 0;
