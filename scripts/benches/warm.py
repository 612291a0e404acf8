"""A warm answer of the service against bare axum with the same bytes, and against 304. See scripts/bench http."""

import argparse
import os
import subprocess
import sys

from figures import Figures, median, ratios
from service import Process, Service, deployments
from testbed import tree
from wrk import wrk

# 100 artifacts, each in 10 projects.
SHAPE = {"projects": 10, "artifacts": 100, "deploy_fraction": 1, "files_per_skill": 2, "noise_files": 0, "seed": 1}


def main():
    parser = argparse.ArgumentParser()
    for name in ("skillstat", "testbed", "scratch", "bare"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()

    root, _expected = tree(options, "tree", **SHAPE)
    body = os.path.join(options.scratch, "body")
    with Service(options, root) as service:
        question = deployments(service.artifacts()[0])
        service.settled()
        with service.open(question) as answer, open(body, "wb") as file:
            file.write(answer.read())
            known = f"If-None-Match: {answer.headers['ETag']}"
        with Process([options.bare, body], stdout=subprocess.PIPE, text=True) as bare:
            sides = {
                "skillstat, 200": (service, service.url + question, []),
                "bare axum": (bare, bare.child.stdout.readline().strip(), []),
                "skillstat, 304": (service, service.url + question, [known]),
            }
            runs = {name: [] for name in sides}
            for round in range(options.rounds + 1):
                for name, side in sides.items():
                    run = measure(options, *side)
                    # The first round warms up.
                    if round:
                        runs[name].append(run)
    return report(runs, os.path.getsize(body))


def measure(options, process, url, headers):
    before = process.cpu_seconds()
    run = wrk(options, url, seconds=options.seconds, connections=options.connections, headers=headers)
    run["cpu"] = (process.cpu_seconds() - before) / run["requests"] * 1e6
    if run["refused"]:
        raise RuntimeError(f"{run['refused']} of {run['requests']} requests were refused: {url}")
    return run


def report(runs, size):
    print(f"{size} bytes a body; medians of {len(runs['bare axum'])} rounds in turn")
    for name, side in runs.items():
        print(f"{name}: {median(side, 'per_second'):.0f} requests/s, p50 {median(side, 'p50'):.0f} us, "
              f"p99 {median(side, 'p99'):.0f} us, server's CPU {median(side, 'cpu'):.1f} us a request")
    ours, bare, unchanged = runs.values()
    figures = Figures()
    figures.tell("requests/s, skillstat / bare axum", ratios(ours, bare, "per_second"), 0.85, at_least=True)
    figures.tell("requests/s, 304 / 200", ratios(unchanged, ours, "per_second"), 1.0, at_least=True)
    figures.tell("p99, skillstat / bare axum", ratios(ours, bare, "p99"))
    figures.tell("server's CPU a request, skillstat / bare axum", ratios(ours, bare, "cpu"))
    return figures.exit_code()


sys.exit(main())
