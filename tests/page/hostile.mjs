// Names that would do something if they could: they are shown, and nothing else.

import assert from "node:assert/strict";
import { join } from "node:path";

import { artifact, deploy } from "./tree.mjs";

const SCRIPT = "<script>window.hurt=1</script><img src=x onerror=window.hurt=1>";
const QUOTES = `"'\`;--\\{{rows}}&lt;</td>`;
const REVERSED = "abc\u202edcba\u200f";
const LONG = "n".repeat(300);
const NAMES = [SCRIPT, QUOTES, REVERSED, LONG];

export const tests = [
  {
    name: "no name of a project or artifact can inject",
    make: (base) => {
      const root = join(base, "root");
      const all = NAMES.map((name) => artifact(`skill:${name}`, { "SKILL.md": `${name.slice(0, 20)}\n` }));
      // What may be no artifact's name may be a directory's.
      deploy(join(root, "<img src=x onerror=window.hurt=1>"), all);
      deploy(join(root, `"'&lt;\u202ex`), all.slice(0, 1));
      deploy(join(root, "p".repeat(200)), all.slice(1));
      return root;
    },
    async run(world) {
      for (const javaScriptEnabled of [true, false]) {
        const page = await world.open({ javaScriptEnabled, ready: javaScriptEnabled });
        const text = await page.locator("main").innerText();
        for (const name of [SCRIPT, QUOTES, "abc\\u{202e}dcba\\u{200f}"]) {
          assert.ok(text.includes(name), `${name} is not shown as it is: ${text}`);
        }
        assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200f]/.test(await page.content()), "a mark is in the document");
        assert.equal(await page.locator("main script, main img").count(), 0);
      }
      const page = await world.open();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 1280, `the longest name makes the page ${width} pixels wide`);
      for (const row of await page.getByRole("rowheader").all()) {
        await row.click();
        await page.locator(".copy").first().waitFor();
        assert.equal(await page.locator("#panel script, #panel img").count(), 0);
        const panel = await page.locator("#panel").evaluate((panel) => panel.scrollWidth - panel.clientWidth);
        assert.ok(panel <= 0, "a name is wider than the panel");
      }
      assert.equal(await page.evaluate(() => window.hurt), undefined);
    },
  },
  {
    name: "the policy lets nothing run that is not a file of the page",
    async run(world) {
      const answer = await fetch(world.service.url, { headers: { Accept: "text/html" } });
      const policy = answer.headers.get("content-security-policy");
      assert.doesNotMatch(policy, /unsafe|\*|http/);
      assert.match(policy, /default-src 'none'.*script-src 'self'/);
      const html = await answer.text();
      assert.doesNotMatch(html, /<script(?![^>]* src="\/page\/)|style=| on\w+=|https?:/);
      const page = await world.open();
      const hosts = [];
      page.on("request", (request) => hosts.push(new URL(request.url()).host));
      await page.reload();
      await page.locator(".grid .cell").first().waitFor();
      assert.deepEqual([...new Set(hosts)], [new URL(world.service.url).host]);
    },
  },
];
