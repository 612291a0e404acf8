"""A soak; see scripts/soak."""

import argparse
import collections
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import report
from collection import write_manifest
from people import Deployer, Editor, Reader, Storm
from processes import Redis, Service

READERS, EDITORS, DEPLOYERS, STORMS = 64, 2, 1, 1
# Seconds between two comparisons, two ends of Redis, and two of the service.
COMPARE, REDIS, RESTART, SAMPLE = 20, 45, 240, 1
# How long an answer may differ while a shared volume has no lease, or all is looked at again.
SETTLES = 30


class Soak:
    def __init__(self, service, redis, projects, files, questions):
        self.service, self.redis = service, redis
        self.projects, self.files, self.questions = projects, files, questions
        self.ending, self.counts = threading.Event(), collections.Counter()
        self.wrong, self.samples, self.restarts = [], [], []
        self.began = time.monotonic()
        self.guard, self.editing = threading.Condition(), threading.Lock()
        self.acting, self.still = 0, False

    @contextlib.contextmanager
    def turn(self):
        """Lets somebody act, but not while all hold still."""
        with self.guard:
            self.guard.wait_for(lambda: not self.still)
            self.acting += 1
        try:
            yield
        finally:
            with self.guard:
                self.acting -= 1
                self.guard.notify_all()

    @contextlib.contextmanager
    def stillness(self):
        with self.guard:
            self.still = True
            self.guard.wait_for(lambda: self.acting == 0)
        try:
            yield
        finally:
            with self.guard:
                self.still = False
                self.guard.notify_all()

    def count(self, what):
        with self.guard:
            self.counts[what] += 1

    def compare(self):
        """Nobody writes: the next answer is that of a look at the disk."""
        with self.stillness():
            began = time.monotonic()
            state = self.service.ask("GET", "/api/v1/watch")[1]["state"]
            answer, looked = self.service.ask("GET", "/api/v1/status")[1], self.service.look()
            self.counts["comparisons right at once"] += answer == looked
            while answer != looked and state != "live" and time.monotonic() - began < SETTLES:
                # It has said that it may be late.
                state = self.service.ask("GET", "/api/v1/watch")[1]["state"]
                answer, looked = self.service.ask("GET", "/api/v1/status")[1], self.service.look()
            self.count("comparisons")
            self.counts["comparisons while it followed the disk"] += state == "live"
            if answer != looked:
                self.wrong.append(f"after {time.monotonic() - self.began:.0f} s: {difference(answer, looked)}")

    def sample(self):
        memory, files, threads = self.service.sample()
        self.samples.append({
            "seconds": round(time.monotonic() - self.began, 1), "life": self.service.life,
            "memory_mb": round(memory, 2), "open_files": files, "threads": threads})

    def restart(self):
        code, seconds = self.service.end()
        if code != 0 or seconds > 10:
            self.wrong.append(f"it ended by {code} after {seconds:.1f} s")
        self.service.start()
        self.restarts.append(time.monotonic() - self.began)
        self.count("restarts of the service")

    def go(self, seconds):
        due = {"compare": COMPARE, "redis": REDIS, "restart": RESTART}
        while (now := time.monotonic() - self.began) < seconds:
            self.sample()
            if now > due["redis"]:
                self.redis.end()
                time.sleep(2)
                self.redis.start()
                self.count("restarts of Redis")
                due["redis"] = now + REDIS
            if now > due["restart"]:
                self.restart()
                due["restart"] = now + RESTART
            if now > due["compare"]:
                self.compare()
                due["compare"] = now + COMPARE
            time.sleep(SAMPLE)
        self.ending.set()
        self.compare()
        if self.service.end()[0] != 0:
            self.wrong.append("it did not end well")
        self.wrong += [f"log: {line}" for line in self.service.log]


def difference(answer, looked):
    if not isinstance(answer, dict) or "artifacts" not in answer:
        return str(answer)[:500]
    by_id = {artifact["artifact"]: artifact for artifact in looked["artifacts"]}
    differ = [artifact["artifact"] for artifact in answer["artifacts"]
              if by_id.get(artifact["artifact"]) != artifact]
    return f"{differ[:5]} {answer['problems'][:3]} {looked['problems'][:3]}"


def collection(home):
    entries = [("soak-a", "skill", "skills/soak-a"), ("soak-b", "command", "commands/soak-b.md")]
    base = write_manifest(home, entries)
    for path in ["skills/soak-a/SKILL.md", "skills/soak-a/lib/run.py", "commands/soak-b.md"]:
        os.makedirs(os.path.dirname(os.path.join(base, path)), exist_ok=True)
        with open(os.path.join(base, path), "w") as file:
            file.write(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tree, team = os.path.join(scratch, "tree"), os.path.join(scratch, "team")
        subprocess.run(
            [sys.executable, os.environ["TESTBED"], tree, "--projects", str(options.projects),
             "--artifacts", "60", "--deploy-fraction", "0.2", "--seed", "2"], check=True,
            stdout=subprocess.DEVNULL)
        expected = json.load(open(os.path.join(tree, "expected.json")))
        projects = [os.path.join(tree, project) for project in expected["projects"]]
        for name in ["one", "two"]:
            os.makedirs(os.path.join(team, name))
        redis = Redis(scratch)
        redis.start()
        service = Service(scratch, [os.path.join(tree, "root"), team], redis)
        collection(service.home)
        shared = [os.path.join(team, name) for name in ["one", "two"]]
        for project in shared:
            service.command("deploy", "soak-a", "--project", project)
        service.start()
        status = service.look()
        copies = [os.path.join(project["project_path"], copy["profile_root"], copy["path"])
                  for artifact in status["artifacts"] for project in artifact["projects"]
                  for copy in project["copies"]]
        files = [os.path.join(copy, "SKILL.md") if os.path.isdir(copy) else copy for copy in copies]
        questions = [f"/api/v1/artifacts/{artifact['artifact']}?include_deployments=true"
                     for artifact in status["artifacts"]]
        questions += ["/api/v1/status", "/health", "/api/v1/fleet", "/api/v1/watch"]
        # The first projects get deploys; storms come to others and to these.
        soak = Soak(service, redis, shared + projects[:10], files, questions)
        people = [kind(soak, options.seed * 1000 + number)
                  for kind, many in [(Reader, READERS), (Editor, EDITORS), (Deployer, DEPLOYERS), (Storm, STORMS)]
                  for number in range(many)]
        for person in people:
            person.start()
        try:
            soak.go(options.minutes * 60)
        finally:
            redis.end()
            if service.child.poll() is None:
                service.child.kill()
        text, fine = report.write(options.out, soak, options.minutes)
        print(text)
        sys.exit(not fine)


if __name__ == "__main__":
    main()
