"""Looking at the disk cold, ours against others, on trees of three sizes. See scripts/bench cold."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack

import disk
from commands import peak, run
from figures import Figures, ratios
from others import Peer
from testbed import tree

ALWAYS = {"files_per_skill": 6, "modified_fraction": 0.15, "profiles": True}
SHAPES = {
    "small": {"projects": 20, "artifacts": 20, "deploy_fraction": 0.5, "noise_files": 5000, "seed": 1},
    "medium": {"projects": 200, "artifacts": 60, "deploy_fraction": 0.2, "noise_files": 50000, "seed": 2},
    "large": {"projects": 2000, "artifacts": 150, "deploy_fraction": 0.08, "noise_files": 400000, "seed": 3},
}

# How often, in a round, a side runs that takes little; the others' functions run once, in the first rounds only.
TURNS = {"small": 5, "medium": 3, "large": 1}
SLOW_ROUNDS = {"small": 3, "medium": 3, "large": 1}

# Of looking at the disk, each a process of its own (tests/benches/phases).
PHASES = {f"phase {phase}": phase for phase in ("discover", "read", "show", "status")}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench cold")
    for name in ("skillstat", "testbed", "scratch", "phases", "environments", "disk"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default=",".join(SHAPES), help="sizes, with commas between them")
    parser.add_argument("--trees", help="a directory that keeps the trees between two calls")
    options = parser.parse_args()
    sizes = options.only.split(",")
    if unknown := set(sizes) - set(SHAPES):
        parser.error(f"no size is called {', '.join(sorted(unknown))}: there are {', '.join(SHAPES)}")

    index = b"--no-index" in run([options.skillstat, "--help"], {})["output"]
    beds = [Bed(options, size, index) for size in sizes]
    runs = defaultdict(list)
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(options, version)) for version in ("0.9.0", "0.74.0")]
        for number in range(options.rounds + 1):
            for bed in beds:
                # The first round warms up.
                one = bed.round(peers if 0 < number <= SLOW_ROUNDS[bed.size] else ())
                if number:
                    for name, measured in one.items():
                        runs[bed.size, name].append(measured)
    figures = Figures()
    for bed in beds:
        bed.report({name: runs[size, name] for size, name in runs if size == bed.size}, figures)
    report_growth(beds, runs, figures)
    if not index:
        print("\nNOT MEASURED: a run with the index, because this skillstat has no --no-index")
    for bed in beds:
        bed.report_memory(figures)
    report_disk(options, index, figures)
    return figures.exit_code()


class Bed:
    """A tree, and every way to ask for what it holds."""

    def __init__(self, options, size, index):
        self.size = size
        self.root, expected = tree(options, size, options.trees, **SHAPES[size], **ALWAYS)
        self.projects, self.artifacts = expected["projects"], sorted(expected["artifacts"])
        deployed = {name: answer["total_deployments"] for name, answer in expected["artifacts"].items()}
        # As often deployed as most are.
        self.artifact = sorted(self.artifacts, key=deployed.get)[len(self.artifacts) // 2]
        self.environment = environment(options, size)
        self.skillstat = [options.skillstat, "--no-service", "--root", self.root]
        self.cold = [*self.skillstat, *["--no-index"] * index]
        found = json.loads(run([*self.cold, "--json", "status"], self.environment)["output"])
        found = {one["artifact"]: one["total_deployments"] for one in found["artifacts"]}
        if found != {name: total for name, total in deployed.items() if total}:
            raise RuntimeError(f"{size}: skillstat finds other deployments than the testbed made")
        print(f"{size}: {len(self.projects)} projects, {sum(deployed.values())} deployments; the one artifact is "
              f"{self.artifact} in {deployed[self.artifact]} projects", flush=True)
        self.commands = {
            "skillstat show": [*self.cold, "show", self.artifact],
            "skillstat status": [*self.cold, "status"],
            "find": ["find", self.root, "-maxdepth", "5", "-name", ".skillmeat-deployed.toml"],
            "fdfind": ["fdfind", "-HI", "--max-depth", "5", "-g", ".skillmeat-deployed.toml", self.root],
            **{name: [options.phases, phase, self.root, self.artifact] for name, phase in PHASES.items()},
        }
        if index:
            self.commands |= {
                "skillstat show, index": [*self.skillstat, "show", self.artifact],
                "skillstat status, index": [*self.skillstat, "status"],
            }

    def round(self, peers):
        """{name of a side: what it took} of all sides in turn, some turns; then of the others' functions."""
        turns = defaultdict(list)
        for _ in range(TURNS[self.size]):
            for name, command in self.commands.items():
                turns[name].append(self.time(name, command))
        one = {name: {key: statistics.median(turn[key] for turn in taken) for key in taken[0]}
               for name, taken in turns.items()}
        if peers:
            seed, newest = peers
            one["0.74.0 discover_projects"] = newest.ask("discover", self.root)
            one["0.9.0 discover_projects"] = seed.ask("discover", self.root)
            one["0.9.0 statistics of one"] = seed.ask("statistics", self.root, [self.artifact])
            # Nobody waits for all of the largest: it is a matter of hours.
            if self.size != "large":
                one["0.9.0 statistics of all"] = seed.ask("statistics", self.root, self.artifacts)
        return one

    def time(self, name, command):
        measured = run(command, self.environment)
        output = measured.pop("output")
        if name in PHASES:
            found, nanoseconds = map(int, output.split())
            return measured | {"found": found, "inside": nanoseconds / 1e9}
        return measured | {"found": output.count(b"\n")} if name in ("find", "fdfind") else measured

    def report(self, runs, figures):
        print(f"\n{self.size}, {len(runs['skillstat status'])} rounds")
        for name, taken in runs.items():
            found = f", finds {taken[0]['found']:.0f}" if "found" in taken[0] else ""
            inside = f" ({median(taken, 'inside')} without its start)" if "inside" in taken[0] else ""
            print(f"  {name}: {median(taken, 'seconds')}{inside}, {median(taken, 'cpu')} of processor time{found}")
        medium = self.size == "medium"
        for other, ours, goal in [
            ("0.74.0 discover_projects", "skillstat show", 150),
            ("0.9.0 statistics of one", "skillstat show", 45),
            ("0.9.0 statistics of all", "skillstat status", 300),
            ("0.74.0 discover_projects", "phase discover", None),
            ("0.9.0 discover_projects", "phase discover", None),
            ("find", "phase discover", None),
        ]:
            if other in runs:
                ratio = ratios(runs[other], runs[ours], "seconds")
                figures.tell(f"{other} / {ours}", ratio, goal if medium else None, at_least=True)
        for one, other, goal in [
            ("skillstat show", "skillstat status", {"medium": 0.4}),
            ("phase discover", "fdfind", {"medium": 0.2, "large": 0.15}),
            ("skillstat status, index", "skillstat status", {"medium": 0.35, "large": 0.35}),
            ("skillstat show, index", "skillstat show", {}),
        ]:
            if one in runs:
                figures.tell(f"{one} / {other}", ratios(runs[one], runs[other], "seconds"), goal.get(self.size))
        for name in ("skillstat show", "skillstat show, index"):
            if name in runs:
                first = statistics.median(taken["first"] for taken in runs[name]) * 1000
                goal = 10 if self.size == "small" and name != "skillstat show" else None
                figures.tell(f"{name}, to its first byte, ms", first, goal)

    def report_memory(self, figures):
        goal = {"medium": 16, "large": 64}.get(self.size)
        for name in self.commands:
            if name.startswith("skillstat"):
                most = max(peak(self.commands[name], self.environment) for _ in range(3))
                figures.tell(f"{self.size}: peak memory of {name}, MB", most, goal)


def report_growth(beds, runs, figures):
    print("\nmicroseconds for each project, in the process")
    for phase in PHASES:
        each = {bed.size: [{"each": taken["inside"] / len(bed.projects)} for taken in runs[bed.size, phase]]
                for bed in beds}
        found = ", ".join(f"{size} {statistics.median(taken['each'] for taken in of_size) * 1e6:.0f}"
                          for size, of_size in each.items())
        print(f"  {phase}: {found}")
        if "medium" in each and "large" in each:
            figures.tell(f"  {phase}: large / medium", ratios(each["large"], each["medium"], "each"), 1.2)


def report_disk(options, index, figures, rounds=5):
    """`status` of the medium tree with nothing of it in memory, against the same when all is."""
    cold, hot = [], []
    try:
        with disk.filesystem(options) as place:
            root, _expected = tree(options, "medium", place, **SHAPES["medium"], **ALWAYS)
            command = [options.skillstat, "--no-service", *["--no-index"] * index, "--root", root, "status"]
            for _ in range(rounds):
                disk.forget(options.skillstat)
                cold.append(run(command, environment(options, "disk")))
                hot.append(run(command, environment(options, "disk")))
    except (OSError, subprocess.CalledProcessError) as error:
        print("\nNOT MEASURED: disk-cold against hot, which needs root, a loop device and /proc/sys/vm/drop_caches: "
              f"{disk.why_not(error)}")
        return
    print(f"\non a disk, medium: nothing of it in memory {median(cold, 'seconds')}, all of it {median(hot, 'seconds')}")
    figures.tell("disk-cold status / hot", ratios(cold, hot, "seconds"), 8)


def environment(options, name):
    """Nothing of who runs this."""
    home = os.path.join(options.scratch, f"home-{name}")
    os.makedirs(home, exist_ok=True)
    return {"HOME": home, "PATH": os.environ["PATH"]}


def median(taken, key):
    return f"{statistics.median(one[key] for one in taken) * 1000:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
