"""Round 1: SkillMeat 0.74.0's own command line adds and deploys; skillstat must report exactly that."""

import json
import os
import re
import subprocess
from pathlib import Path

ARTIFACTS = {
    "skill": {"pdf": {"SKILL.md": "# PDF\n", "scripts/run.py": "print('pdf')\n", "references/notes.md": "notes\r\n"},
              "charts": {"SKILL.md": "# Charts\n", "assets/.palette": "red\n"}},
    "command": {"review": "Review the diff.\n"},
    "agent": {"planner": "---\nname: planner\n---\nPlan first.\n"},
}
# project: the calls of `skillmeat deploy`
DEPLOYS = {
    "alpha": [["pdf", "charts", "review", "planner"]],
    "beta": [["pdf", "--profiles", "claude_code,codex"], ["charts", "--profile", "codex"], ["review"]],
    "gamma/inner": [["charts", "planner"]],
}
EDITED = ("alpha", ".claude", "skill:pdf")


def run(skillmeat, scratch, skillstat):
    """(number of deployments compared, [difference])"""
    base = Path(scratch) / "cli"
    root = base / "root"
    cli = Cli(skillmeat, base)
    collect(cli, base)

    deployed = set()
    for project, calls in DEPLOYS.items():
        (root / project).mkdir(parents=True)
        for call in calls:
            answer = cli("deploy", *call, "-p", str(root / project), "--format", "json", "--non-interactive")
            for entry in json.loads(answer[answer.index("{\n"):])["deployments"]:
                deployed.add((project, entry["profile_root_dir"], f"{entry['type']}:{entry['artifact']}"))
    with open(root / EDITED[0] / EDITED[1] / "skills/pdf/scripts/run.py", "a", encoding="utf-8") as handle:
        handle.write("print('edited by hand')\n")
    theirs_modified = {(project, artifact) for project in DEPLOYS for artifact in cli.modified(root / project)}

    ours = {}
    status = skillstat.status(root)
    for artifact in status["artifacts"]:
        for entry in artifact["projects"]:
            project = os.path.relpath(entry["project_path"], os.path.realpath(root))
            for copy in entry["copies"]:
                ours[project, copy["profile_root"], artifact["artifact"]] = copy["state"]
    differences = [f"not reported by skillstat: {key}" for key in sorted(deployed - set(ours))]
    differences += [f"not deployed by SkillMeat: {key}" for key in sorted(set(ours) - deployed)]
    differences += [f"{key} is {state!r}" for key, state in sorted(ours.items())
                    if state != ("modified" if key == EDITED else "synced")]
    ours_modified = {(project, artifact) for (project, _, artifact), state in ours.items() if state == "modified"}
    if ours_modified != theirs_modified:
        differences.append(f"modified: skillstat {sorted(ours_modified)}, `skillmeat status` {sorted(theirs_modified)}")
    if status["problems"] or status["projects"] != len(DEPLOYS):
        differences.append(f"{status['projects']} projects of {len(DEPLOYS)}, problems {status['problems']}")
    return len(deployed), differences


def collect(cli, base):
    """A collection with the artifacts, made by SkillMeat."""
    cli("init", "--name", "default", "--no-input")
    for kind, artifacts in ARTIFACTS.items():
        for name, content in artifacts.items():
            source = base / "sources" / kind / (name if kind == "skill" else f"{name}.md")
            for rel, text in content.items() if kind == "skill" else [("", content)]:
                path = source / rel if rel else source
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            cli("add", kind, str(source), "--yes")


class Cli:
    def __init__(self, skillmeat, home):
        self.skillmeat, self.home = skillmeat, home
        home.mkdir()

    def __call__(self, *arguments):
        environment = {**os.environ, "HOME": str(self.home), "NO_COLOR": "1"}
        run = subprocess.run([self.skillmeat, *arguments], cwd=self.home, env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"skillmeat {' '.join(arguments)}: exit {run.returncode}\n{run.stdout}")
        return re.sub(r"\x1b\[[0-9;]*m", "", run.stdout)

    def modified(self, project):
        """The `type:name`s that `skillmeat status` lists as locally modified."""
        listed = self("status", "-p", str(project)).partition("Locally modified")[2].partition("Synced")[0]
        return {f"{kind}:{name}" for name, kind in re.findall(r"^\s+(\S+?)::(\w+)", listed, re.MULTILINE)}
