"""Round 5: four of skillstat deploy into one project while four of SkillMeat 0.74.0 write its tracker, whose
read-modify-write takes no lock. What skillstat says is done must have stayed until it said so; what SkillMeat erased
later must be named by `skillstat doctor`, and the command that it says must mend it."""

import json
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

WRITERS = 4

# One of SkillMeat's writers: records one artifact after the other, in its own words, until its input ends.
PEER = """
import random, select, sys, time
from pathlib import Path
from types import SimpleNamespace
from skillmeat.core.artifact import ArtifactType
from skillmeat.storage.deployment import DeploymentTracker
project, writer, seed = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
rng, number = random.Random(f"{seed}-{writer}"), 0
print("ready", flush=True)
while not select.select([sys.stdin], [], [], rng.uniform(0, 0.1))[0]:
    artifact = SimpleNamespace(name=f"peer-{writer}-{number % 10}", type=ArtifactType.COMMAND)
    DeploymentTracker.record_deployment(project, artifact, "default", "0" * 64)
    number += 1
print(number)
"""


def run(python, scratch, skillstat, seed, deploys):
    """(what was counted, as a text; number of comparisons that held; [difference])"""
    crowd = Crowd(skillstat, Path(scratch) / "crowd", deploys)
    peers = [subprocess.Popen([python, "-c", PEER, str(crowd.project), str(writer), str(seed)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for writer in range(WRITERS)]
    for peer in peers:
        peer.stdout.readline()
    ours = [crowd.start(writer) for writer in range(WRITERS)]
    answers = [json.loads(process.communicate()[0]) for process in ours]
    said = [peer.communicate("") for peer in peers]
    crowd.judge([item for answer in answers for item in answer["items"]], said)
    return crowd.counted, crowd.held, crowd.differences


class Crowd:
    def __init__(self, skillstat, base, deploys):
        self.skillstat, self.deploys, self.held, self.differences, self.counted = skillstat, deploys, 0, [], ""
        self.project, self.home = base / "root/app", base / "home"
        self.environment = {"HOME": str(self.home), "SKILLSTAT_ROOTS": str(base / "root"), "PATH": os.environ["PATH"]}
        collection = self.home / ".skillmeat/collections/default"
        (collection / "commands").mkdir(parents=True)
        self.project.mkdir(parents=True)
        manifest = '[collection]\nname = "default"\nversion = "1.0.0"\n'
        for name in (self.name(writer, number) for writer in range(WRITERS) for number in range(deploys)):
            (collection / f"commands/{name}.md").write_text(f"# {name}\n", encoding="utf-8")
            manifest += (f'[[artifacts]]\nname = "{name}"\ntype = "command"\npath = "commands/{name}.md"\n'
                         'origin = "local"\nadded = "2026-01-01T00:00:00"\n')
        (collection / "collection.toml").write_text(manifest, encoding="utf-8")

    @staticmethod
    def name(writer, number):
        return f"ours-{writer}-{number}"

    def start(self, writer):
        names = [self.name(writer, number) for number in range(self.deploys)]
        return subprocess.Popen([self.skillstat.binary, "--json", "deploy", *names, "--project", str(self.project)],
                                env=self.environment, stdout=subprocess.PIPE, text=True)

    def ours(self, *arguments):
        return subprocess.run([self.skillstat.binary, *arguments], env=self.environment, capture_output=True, text=True)

    def recorded(self):
        tracker = self.project / ".claude/.skillmeat-deployed.toml"
        return {record["artifact_name"] for record in tomllib.loads(tracker.read_text(encoding="utf-8"))["deployed"]}

    def vanished(self):
        """{artifact: the command that mends it}, as doctor says."""
        problems = json.loads(self.ours("--json", "doctor").stdout)["problems"]
        named = [problem for problem in problems if problem["kind"] == "vanished_record"]
        return {re.search("`command:(.*?)`", one["reason"])[1]: re.search("`(skillstat .*)`", one["fix"])[1]
                for one in named}

    def judge(self, items, said):
        done = {item["artifact"].partition(":")[2] for item in items if item["outcome"] == "done"}
        failed = [item for item in items if item["outcome"] == "failed"]
        again = sum(item["written_again"] for item in items)
        recorded, vanished = self.recorded(), self.vanished()
        erased = done - recorded
        wrote = [int(out.split()[-1]) for out, _ in said if out.strip()]
        self.same(len(wrote), WRITERS, f"writers of SkillMeat that ended well: {[error[-300:] for _, error in said]}")
        self.same({item["error"] for item in failed} - {"record_erased"}, set(), "why writes failed")
        self.same(erased - set(vanished), set(), "erased and not named by doctor")
        self.same(set(vanished) & recorded, set(), "named by doctor and not erased")
        for name in done:
            self.same((self.project / f".claude/commands/{name}.md").exists(), True, f"the copy of {name}")
        for line in vanished.values():
            words = shlex.split(line)[1:]
            self.same(self.ours(*words).returncode, 0, f"mended by {words}")
        self.same(self.vanished(), {}, "erased after everything was mended")
        self.same(done - self.recorded(), set(), "done and not on record in the end")
        self.counted = (f"{len(done)} of {len(items)} of ours done beside {sum(wrote)} of SkillMeat's, {again} times "
                        f"written again, {len(failed)} given up, {len(erased)} erased later and named by doctor")

    def same(self, found, wanted, what):
        if found == wanted:
            self.held += 1
        else:
            self.differences.append(f"{what}: {found}, not {wanted}")
