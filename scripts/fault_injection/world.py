"""A home with a collection, and three projects: one as deployed, one edited, one of two profile roots."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from collection import write_manifest


class World:
    """Lies at one path, however often it is put back as it was: what is remembered of it names that path."""

    def __init__(self, base, binary):
        self.base, self.binary = Path(base), binary
        self.template = Path(f"{base}.template")
        self.backup = None
        self.projects = self.base / "projects"

    def environment(self):
        return {"HOME": str(self.base / "home"), "SKILLSTAT_ROOTS": str(self.projects),
                "PATH": os.environ["PATH"], "SKILLSTAT_THREADS": "1"}

    def run(self, arguments, before=(), timeout=60):
        return subprocess.run([*before, self.binary, *arguments], env=self.environment(),
                              cwd=self.projects, capture_output=True, timeout=timeout, check=False)

    def done(self, *arguments):
        run = self.run(arguments)
        if run.returncode:
            raise SystemExit(f"{arguments}: {run.stderr.decode()}")

    def write(self, path, text):
        path = self.base / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def make(self):
        entries = [("pdf", "skill", "skills/pdf"), ("note", "command", "commands/note.md")]
        collection = write_manifest(self.base / "home", entries)
        self.version("one")
        self.write(f"{collection}/commands/note.md", "note\n")
        for project in ["alpha", "beta", "gamma"]:
            (self.projects / project).mkdir(parents=True)
            self.done("deploy", "note", "--project", project)
        for project in ["beta", "gamma"]:
            self.done("deploy", "pdf", "--project", project)
        self.done("deploy", "note", "--project", "gamma", "--profile", "codex")
        # A backup of the version before, to be brought back.
        self.version("two")
        self.done("deploy", "pdf", "--project", "beta", "--force")
        listed = json.loads(self.run(["--json", "restore"]).stdout)
        [self.backup] = [backup["id"] for backup in listed["backups"]]
        self.write("projects/beta/.claude/skills/pdf/SKILL.md", "edited\n")
        os.rename(self.base, self.template)

    def version(self, version):
        for path in ["SKILL.md", "lib/run.py"]:
            self.write(f"home/.skillmeat/collections/default/skills/pdf/{path}", f"{version}\n")

    def reset(self, prepare):
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.copytree(self.template, self.base, symlinks=True)
        for step in prepare:
            step(self)

    def files_of(self):
        """Returns the bytes of every copy by path: trackers tell times, and locks nothing."""
        found = {}
        for directory, _, names in os.walk(self.projects):
            for name in names:
                path = Path(directory, name)
                if not name.startswith(".skill") and not name.endswith("-lock"):
                    found[str(path.relative_to(self.projects))] = path.read_bytes()
        return found
