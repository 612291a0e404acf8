// A server for machines that report to each other, of a test's own.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { until } from "./steps.mjs";

const free = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(`${port}`));
    });
  });

/** Starts `redis-server`; returns when it answers. */
export async function redis(base) {
  const port = await free();
  const options = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", mkdtempSync(join(base, "redis."))];
  const child = spawn("redis-server", options, { stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", done));
  const command = (...words) => execFileSync("redis-cli", ["-p", port, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const answers = () => {
    try {
      return command("PING") === "PONG";
    } catch {
      return false;
    }
  };
  await until("redis-server answers", answers, 20_000);
  return {
    flags: ["--redis", `redis://127.0.0.1:${port}`],
    /** Lets the last report of a machine be older by so many seconds. */
    age(id, seconds) {
      command("ZINCRBY", "skillstat:hosts", `${-seconds * 1000}`, id);
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
