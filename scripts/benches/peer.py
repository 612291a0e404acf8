"""SkillMeat's own functions with a clock around them: run by the Python of the environment that has it, for
scripts/bench cold.

Each line read is a question, [function, root, artifacts]; each line written the answer, {found, seconds, cpu}.
Nothing is remembered from one question to the next; imports are no part of the time."""

import json
import logging
import sys
import time
from pathlib import Path


def seed():
    """0.9.0."""
    from peers import Peer

    peer = Peer()

    def statistics(root, artifacts):
        # Its own cache keeps the projects from one artifact to the next.
        return sum(len(peer.statistics(*artifact.split(":", 1))) for artifact in artifacts)

    return {"discover": lambda root, _artifacts: len(peer.discover()), "statistics": statistics}, peer.enter


def newest():
    """0.74.0, which has the first of the two only."""
    from skillmeat.api.routers.projects import discover_projects

    return {"discover": lambda root, _artifacts: len(discover_projects([Path(root)]))}, lambda root: None


def main():
    logging.disable(logging.CRITICAL)
    answers = sys.stdout
    sys.stdout = sys.stderr
    functions, enter = {"0.9.0": seed, "0.74.0": newest}[sys.argv[1]]()
    for line in sys.stdin:
        function, root, artifacts = json.loads(line)
        enter(root)
        started, cpu = time.perf_counter(), time.process_time()
        found = functions[function](root, artifacts)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(json.dumps({"found": found, "seconds": seconds, "cpu": cpu}), file=answers, flush=True)


main()
