"""Round 4: skillstat and SkillMeat 0.74.0 write in turn into the same projects; after each write both must see the same,
and nothing may lie there that no record knows."""

import json
import os
import random
import re
import tomllib
from pathlib import Path

import cli_round

PROJECTS = ("alpha", "beta", "deep/gamma")
ROOTS = {"claude_code": ".claude", "codex": ".agents"}
TRACKER = ".skillmeat-deployed.toml"


def run(skillmeat, scratch, skillstat, seed, writes):
    """(number of comparisons that held, [difference])"""
    world = World(skillmeat, Path(scratch) / "writing", skillstat, random.Random(f"{seed}-writing"))
    for number in range(writes):
        world.write("skillstat" if number % 2 else "SkillMeat", number)
    for project in PROJECTS:
        world.compare_theirs(project, "in the end")
    return world.held, world.differences


class World:
    def __init__(self, skillmeat, base, skillstat, rng):
        self.rng, self.skillstat, self.base, self.root = rng, skillstat, base, base / "root"
        self.cli = cli_round.Cli(skillmeat, base)
        cli_round.collect(self.cli, base)
        for project in PROJECTS:
            (self.root / project).mkdir(parents=True)
        self.artifacts = [f"{kind}:{name}" for kind, names in cli_round.ARTIFACTS.items() for name in names]
        self.there, self.held, self.differences = set(), 0, []

    def write(self, who, number):
        """One write of one of the two: what is there is taken away or written over, what is not is deployed."""
        project, artifact = self.rng.choice(PROJECTS), self.rng.choice(self.artifacts)
        # SkillMeat deploys skills only for this one.
        profile = self.rng.choice(list(ROOTS)) if artifact.startswith("skill:") else "claude_code"
        if self.rng.random() < 0.2:
            self.new_version()
        place = (project, ROOTS[profile], artifact)
        undeploy = place in self.there and self.rng.random() < 0.6
        what = f"{who} {'undeploys' if undeploy else 'deploys'} {artifact} for {profile} in {project} ({number})"
        write = self.ours if who == "skillstat" else self.theirs
        error = write("undeploy" if undeploy else "deploy", artifact, project, profile)
        if error:
            self.differences.append(f"{what}: {error}")
            return
        (self.there.discard if undeploy else self.there.add)(place)
        self.compare_ours(what)
        self.compare_disk(what)
        if who == "skillstat":
            self.compare_theirs(project, what)

    def new_version(self):
        source = self.base / ".skillmeat/collections/default/skills/pdf/SKILL.md"
        source.write_text(f"# PDF, version {self.rng.random()}\n", encoding="utf-8")

    def ours(self, command, artifact, project, profile):
        run = self.skillstat.run("--root", str(self.root), "--skillmeat-home", str(self.base / ".skillmeat"), "--json",
                                 command, artifact, "--project", str(self.root / project), "--profile", profile)
        if run.returncode != 0:
            return f"exit {run.returncode}: {os.fsdecode(run.stdout)}{os.fsdecode(run.stderr)}"
        answer = json.loads(run.stdout)
        return None if (answer["failed"], len(answer["items"])) == (0, 1) else str(answer)

    def theirs(self, command, artifact, project, profile):
        kind, name = artifact.split(":")
        arguments = [command, name, "-p", str(self.root / project), "-t", kind, "--profile", profile, "--format", "json"]
        arguments += ["--force"] if command == "undeploy" else ["--overwrite", "--non-interactive"]
        try:
            self.cli(*arguments)
        except RuntimeError as error:
            return str(error)
        return None

    def compare_ours(self, what):
        status = self.skillstat.status(self.root)
        states = {}
        for artifact in status["artifacts"]:
            for entry in artifact["projects"]:
                project = os.path.relpath(entry["project_path"], os.path.realpath(self.root))
                for copy in entry["copies"]:
                    states[project, copy["profile_root"], artifact["artifact"]] = copy["state"]
        self.same(states, {place: "synced" for place in self.there}, f"{what}: skillstat status")
        self.same(status["problems"], [], f"{what}: problems")

    def compare_theirs(self, project, what):
        """`skillmeat status` lists `name::type` or `name::type::profile`."""
        said = self.cli("status", "-p", str(self.root / project))
        listed = re.findall(r"^\s+(\S+?)::(\w+)(?:::\w+)?$", said.partition("Synced")[2], re.MULTILINE)
        listed = sorted(f"{kind}:{name}" for name, kind in listed)
        wanted = sorted(artifact for where, _, artifact in self.there if where == project)
        self.same(listed, wanted, f"{what}: skillmeat status, synced in {project}")
        self.same("Locally modified" in said, False, f"{what}: skillmeat status, modified in {project}")

    def compare_disk(self, what):
        """Trackers and copies, whoever wrote them; beside them only lock files."""
        found, stray = set(), []
        for project in PROJECTS:
            for root in ROOTS.values():
                profile_root = self.root / project / root
                tracker, copies = profile_root / TRACKER, set()
                if tracker.exists():
                    for record in tomllib.loads(tracker.read_text(encoding="utf-8"))["deployed"]:
                        artifact = f"{record['artifact_type']}:{record['artifact_name']}"
                        found.add((project, root, artifact))
                        copies.add(profile_root / record["artifact_path"])
                known = {tracker} | copies
                for path in profile_root.glob("*/*"):
                    if path not in known and not path.name.endswith(".skillmeat-lock"):
                        stray.append(str(path))
                stray += [f"no {path}" for path in copies if not path.exists()]
                stray += [str(path) for path in profile_root.glob(".*")
                          if path != tracker and not path.name.endswith(".skillmeat-lock")]
        self.same(found, self.there, f"{what}: trackers")
        self.same(stray, [], f"{what}: files")

    def same(self, found, wanted, what):
        if found == wanted:
            self.held += 1
        else:
            self.differences.append(f"{what}: {found}, not {wanted}")
