"""The two installed SkillMeats and skillstat: how each is asked."""

import importlib.abc
import importlib.machinery
import json
import os
import subprocess
import sys
import types
from pathlib import Path

HASH_PATHS = """
import json, sys
from pathlib import Path
from skillmeat.utils.filesystem import compute_content_hash
for path in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\\0"):
    try:
        answer = [compute_content_hash(Path(path)), None]
    except Exception as error:
        answer = [None, type(error).__name__]
    print(json.dumps(answer))
"""


def peer_hashes(python, paths):
    """[(hex or None, name of the error or None)] from the SkillMeat that belongs to `python`."""
    names = os.fsencode("\0".join(paths))
    run = subprocess.run([python, "-c", HASH_PATHS], input=names, capture_output=True, check=True)
    return [tuple(json.loads(line)) for line in run.stdout.splitlines()]


class Skillstat:
    def __init__(self, binary):
        self.binary = binary

    def run(self, *arguments):
        return subprocess.run([self.binary, *arguments], capture_output=True, timeout=120)

    def status(self, root):
        run = self.run("--root", str(root), "--json", "status")
        if run.returncode != 0:
            raise RuntimeError(f"skillstat status: exit {run.returncode}: {run.stderr.decode(errors='replace')}")
        return json.loads(run.stdout)

    def hashes(self, paths):
        """({path: hex}, exit code, stderr) of one call."""
        run = self.run("hash", *paths)
        lines = [line.split("  ", 1) for line in os.fsdecode(run.stdout).split("\n") if line]
        return {line[1]: line[0] for line in lines if len(line) == 2}, run.returncode, run.stderr


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for the sub-packages that the published 0.9.0 forgot to contain; statistics call none of them."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.startswith("skillmeat.") else None

    def create_module(self, spec):
        def stand_in(attribute):
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            return type(attribute, (), {})

        module = types.ModuleType(spec.name)
        module.__getattr__ = stand_in
        return module

    def exec_module(self, module):
        pass


class Peer:
    """SkillMeat 0.9.0's own functions, in this process: it must be run by that environment's Python."""

    def __init__(self):
        sys.meta_path.append(Absent())
        import skillmeat.api

        # The package's own __init__ imports every router there is; only two are wanted.
        routers = types.ModuleType("skillmeat.api.routers")
        routers.__path__ = [str(Path(skillmeat.api.__file__).parent / "routers")]
        sys.modules[routers.__name__] = routers

        from skillmeat.api.routers import artifacts, projects
        from skillmeat.cache.deployment_stats_cache import get_deployment_stats_cache
        from skillmeat.storage.deployment import DeploymentTracker
        from skillmeat.utils.filesystem import compute_content_hash

        self._build, self._discover = artifacts.build_deployment_statistics, projects.discover_projects
        self._model, self._cache = artifacts.ProjectDeploymentInfo, get_deployment_stats_cache()
        self._read, self._hash = DeploymentTracker.read_deployments, compute_content_hash
        for function in (self._build, self._discover, self._read, self._hash, type(self._cache).get_stats):
            assert function.__code__.co_filename.endswith(".py"), function

    def enter(self, root):
        """The next answers are about `root`: 0.9.0 searches the usual folders of the home directory, which are not
        there, and the working directory."""
        os.chdir(root)
        self._cache.invalidate_all()

    def discover(self):
        return {str(path) for path in self._discover()}

    def statistics(self, kind, name):
        """{project path: {project_name, project_path, is_modified, deployed_at}}, as the route would print it."""
        import asyncio

        answer = asyncio.run(self._build(name, types.SimpleNamespace(value=kind))).model_dump(mode="json")
        assert answer["total_deployments"] == len(answer["projects"])
        return {entry["project_path"]: entry for entry in answer["projects"]}

    def read_error(self, project):
        """Why the whole project is unreadable to 0.9.0, or None."""
        try:
            self._read(Path(project))
        except Exception as error:
            says_what = type(error) in (ValueError, TypeError)
            return type(error).__name__ + (f": {error}" if says_what else "")
        return None

    def content_hash(self, path):
        """The hex, or None where SkillMeat raises."""
        try:
            return self._hash(Path(path))
        except Exception:
            return None

    def date(self, value):
        """`deployed_at` as 0.9.0 would print it; None where `datetime.fromisoformat` or the model refuse it."""
        from datetime import datetime

        try:
            parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
            entry = self._model(project_name="p", project_path="p", is_modified=False, deployed_at=parsed)
            return entry.model_dump(mode="json")["deployed_at"]
        except (TypeError, ValueError):
            return None
