// The real service over a tree, started and ended as a person would.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the service is started with: nothing of whoever runs the tests is read or written. */
const surroundings = (base, root) => ({ HOME: join(base, "home"), SKILLSTAT_ROOTS: root, PATH: process.env.PATH });

/** Starts `skillstat serve`; returns when it listens. */
export async function serve(base, root, { listen = "127.0.0.1:0", flags = [], env = {} } = {}) {
  const child = spawn(process.env.SKILLSTAT, ["serve", "--listen", listen, "--log-json", ...flags], {
    env: { ...surroundings(base, root), ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((done) => child.once("exit", done));
  const url = await new Promise((found, failed) => {
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const line = /"listening on (http:[^"]*)"/.exec(log);
      // What listens everywhere listens here.
      if (line) found(line[1].replace("0.0.0.0", "127.0.0.1"));
    });
    child.once("exit", (code) => failed(new Error(`the service ended with ${code}: ${log}`)));
    setTimeout(() => failed(new Error(`it does not listen yet: ${log}`)), 20_000).unref();
  });
  return {
    url,
    root,
    get key() {
      return readFileSync(join(base, "home", ".local/state/skillstat/key"), "utf8").trim();
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
      return serve(base, root, { listen: url.replace("http://", ""), flags, env });
    },
  };
}

/** Starts one at a terminal; returns the link that it shows there, and how to end it. */
export async function serveAtTerminal(base, root) {
  // The terminal of `script` has no size of its own where its input is none.
  const command = `stty cols 100 rows 30 && exec '${process.env.SKILLSTAT}' serve --listen 127.0.0.1:0 --no-socket`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { env: surroundings(base, root), stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((done) => child.once("exit", done));
  const link = await new Promise((found, failed) => {
    let log = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      log += text;
      const line = /http:\/\/[\d.:]+\/#enter=[0-9a-f]+/.exec(log);
      if (line && log.includes("ready")) found(line[0]);
    });
    child.once("exit", () => failed(new Error(`no link: ${log}`)));
    setTimeout(() => failed(new Error(`no link yet: ${log}`)), 10_000).unref();
  });
  const stop = () => {
    // Ctrl-C.
    child.stdin.write("\u0003");
    return ended;
  };
  return { link, stop };
}
