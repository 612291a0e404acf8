"""One run of wrk, and the figures of it."""

import json
import os
import subprocess

# wrk's own summary rounds, so it is printed from here.
REPORT = """
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format('\\n{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
"""


def wrk(options, url, *, seconds, connections, headers=(), script=""):
    """{requests, per_second, p50, p99, refused}: latencies in microseconds, refused those with a status of 400 or more."""
    path = os.path.join(options.scratch, "wrk.lua")
    with open(path, "w") as file:
        file.write(script + REPORT)
    named = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", path, *named, url]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(run.stdout.splitlines()[-1])
    if figures["broken"]:
        raise RuntimeError(f"{figures['broken']} connections broke:\n{run.stdout}")
    figures["per_second"] = figures["requests"] / figures["microseconds"] * 1e6
    return figures
