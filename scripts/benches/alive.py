"""/health during cold scans against /health beside a burner. See scripts/bench health."""

import argparse
import subprocess
import sys
import threading
from contextlib import ExitStack

from figures import Figures, median, ratios
from service import Process, Service
from testbed import tree
from wrk import wrk

SHAPE = {"projects": 200, "artifacts": 60, "deploy_fraction": 0.2, "files_per_skill": 6, "noise_files": 20000, "seed": 1}

# What a scan runs on; the burner on as many.
THREADS = 8

# Answered from everything there is, and short itself.
QUESTION = "/api/v1/projects?limit=1"


def main():
    parser = argparse.ArgumentParser()
    for name in ("skillstat", "testbed", "scratch"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()

    root, expected = tree(options, "tree", **SHAPE)
    print(f"{len(expected['projects'])} projects, {expected['counts']['deployments']} copies, {THREADS} threads")
    scanning, burning, idle = [], [], []
    with Service(options, root, SKILLSTAT_THREADS=str(THREADS)) as service:
        service.get(QUESTION)
        service.settled()
        for round in range(options.rounds + 1):
            runs = during_scans(options, service), beside_burner(options, service), health(options, service)
            # The first round warms up.
            if round:
                for kept, run in zip((scanning, burning, idle), runs):
                    kept.append(run)
    return report(scanning, burning, idle)


def health(options, service):
    run = wrk(options, service.url + "/health", seconds=options.seconds, connections=1)
    if run["refused"]:
        raise RuntimeError("health was refused")
    return run


def during_scans(options, service):
    enough, scans = threading.Event(), 0

    def scan():
        nonlocal scans
        while not enough.is_set():
            service.invalidate()
            service.get(QUESTION)
            scans += 1

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        run = health(options, service)
    finally:
        enough.set()
        thread.join()
    if not scans:
        raise RuntimeError("no scan came to its end")
    return run | {"scans": scans}


def beside_burner(options, service):
    with ExitStack() as burners:
        for _ in range(THREADS):
            burners.enter_context(Process(["sh", "-c", "while :; do :; done"], stdin=subprocess.DEVNULL))
        return health(options, service)


def report(scanning, burning, idle):
    print(f"medians of {len(scanning)} rounds in turn; {median(scanning, 'scans'):.0f} scans a round")
    for name, runs in {"during cold scans": scanning, "beside a burner": burning, "alone": idle}.items():
        print(f"/health {name}: p50 {median(runs, 'p50'):.0f} us, p99 {median(runs, 'p99'):.0f} us, "
              f"{median(runs, 'per_second'):.0f} requests/s")
    figures = Figures()
    figures.tell("p99 of /health, during cold scans / beside a burner", ratios(scanning, burning, "p99"), 1.2)
    return figures.exit_code()


sys.exit(main())
