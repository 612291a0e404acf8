// The real service over a tree, started and ended as a person would.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Starts `skillstat serve`; returns when it listens. Nothing of whoever runs the tests is read or written. */
export async function serve(base, root, { listen = "127.0.0.1:0", flags = [] } = {}) {
  const home = join(base, "home");
  const child = spawn(process.env.SKILLSTAT, ["serve", "--listen", listen, "--log-json", ...flags], {
    env: { HOME: home, SKILLSTAT_ROOTS: root, TMPDIR: process.env.TMPDIR ?? "/tmp" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  const url = await new Promise((found, failed) => {
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const line = /"listening on (http:[^"]*)"/.exec(log);
      if (line) found(line[1]);
    });
    child.once("exit", (code) => failed(new Error(`the service ended with ${code}: ${log}`)));
  });
  return {
    url,
    root,
    get key() {
      return readFileSync(join(home, ".local/state/skillstat/token"), "utf8").trim();
    },
    async json(path, options) {
      return (await fetch(url + path, options)).json();
    },
    /** Waits until every change is seen. */
    async live() {
      while ((await this.json("/api/v1/watch")).state !== "live") {
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    /** Starts another one at the same address. */
    again() {
      return serve(base, root, { listen: url.replace("http://", ""), flags });
    },
  };
}
