"""Drives every fault of every operation; see scripts/faults."""

import argparse
import collections
import os
import sys
import tempfile
from pathlib import Path

import faults
import verdict
from operations import BACKUP, OPERATIONS
from pool import drive_all
from service import drive_service
from world import World

# A command that has not ended after so many seconds hangs.
PATIENCE = 60
# Of each kind of call so many are tried. `doctor` looks at every open file of every process, which are more.
MOST = 100
# So much of what was wrong is printed.
LONGEST = 400


def counted(world, arguments):
    """Runs a command and returns which calls it makes, each with its number in its thread, but for the loader's."""
    log = f"{world.base}.log"
    # One processor: then all is done in one thread, and the n-th call is the same in every run.
    trace = ["taskset", "-c", "0", "strace", "-f", "-y", "-o", log, "-e",
             f"trace=?{',?'.join(faults.ERRORS)}"]
    run = world.run(arguments, before=trace, timeout=PATIENCE)
    return run, faults.points(log, MOST)


def inject(world, arguments, call, number, expression):
    before = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
              f"inject={call}:{expression}:when={number}"]
    return world.run(arguments, before=["taskset", "-c", "0", *before], timeout=PATIENCE)


class Operation:
    """One operation in one world of its own for each worker."""

    def __init__(self, name, worlds):
        self.arguments, self.prepare, self.project = OPERATIONS[name]
        self.name, self.before, self.truth = name, {}, {}
        for world in worlds:
            self.measure(world)

    def measure(self, world):
        world.reset(self.prepare)
        if self.project:
            # All is as the next writer leaves it.
            world.done("deploy", "note", "--project", self.project, "--force")
            self.before[world] = self.look(world)
            world.reset(self.prepare)
        run, self.calls = counted(world, self.of(world))
        if run.returncode:
            raise SystemExit(f"{self.name}: {run.stderr.decode()}")
        self.truth[world] = self.look(world) if self.project else verdict.parsed(run)

    def of(self, world):
        return [world.backup if it == BACKUP else it for it in self.arguments]

    def look(self, world):
        answer = verdict.parsed(world.run(["--json", "--no-index", "status"]))
        return world.files_of(), verdict.copies(answer)

    def drive(self, world, call, number, expression):
        world.reset(self.prepare)
        run = inject(world, self.of(world), call, number, expression)
        if self.project:
            return verdict.of_writing(run, world, self.project, self.before[world], self.truth[world])
        return verdict.of_reading(run, self.truth[world])


def drive_operation(name, worlds, print_wrong):
    operation = Operation(name, worlds)
    return drive_all(name, worlds, operation.calls, operation.drive, print_wrong)


def table(title, all_outcomes):
    kinds = verdict.OUTCOMES
    lines = [f"| {title} | points | " + " | ".join(kinds) + " |", "|---|" + "---:|" * (len(kinds) + 1)]
    for name, outcomes in all_outcomes.items():
        counts = [sum(n for key, n in outcomes.items() if key[-1] == kind) for kind in kinds]
        lines.append(f"| {name} | {sum(counts)} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines) + "\n"


def by_call(all_outcomes):
    """Returns the same outcomes by call instead of by operation."""
    calls = collections.defaultdict(collections.Counter)
    for outcomes in all_outcomes.values():
        for (call, kind, outcome), count in outcomes.items():
            calls[call][kind, outcome] += count
    return dict(sorted(calls.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*", default=[*OPERATIONS, "service"])
    parser.add_argument("--report", help="where the tables go as well")
    options = parser.parse_args()
    binary, wrong = os.environ["SKILLSTAT"], []

    def print_wrong(text):
        wrong.append(text)
        print("WRONG", " ".join(text.split())[:LONGEST], flush=True)

    all_outcomes = {}
    with tempfile.TemporaryDirectory() as scratch:
        jobs = int(os.environ.get("JOBS", os.cpu_count()))
        worlds = [World(f"{scratch}/{number}", binary) for number in range(jobs)]
        for world in worlds:
            world.make()
        for name in options.operations:
            drive = drive_service if name == "service" else drive_operation
            all_outcomes[name] = drive(name, worlds, print_wrong)
            print(table("operation", {name: all_outcomes[name]}).splitlines()[-1], flush=True)
    report = table("operation", all_outcomes) + "\n" + table("call", by_call(all_outcomes))
    print(report)
    if options.report:
        Path(options.report).write_text(report)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
