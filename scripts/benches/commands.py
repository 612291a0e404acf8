"""Commands as processes: how long each took, and what it needed."""

import os
import subprocess
import time


def run(command, environment):
    """{seconds, first, cpu, output}: seconds from the start of the process to its end, to the first byte of its
    output, and of processor time.

    All of the output is read, as by whoever wants it. The process sees no variable but those given."""
    ours, its = os.pipe()
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, environment, file_actions=[
        (os.POSIX_SPAWN_DUP2, its, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
    os.close(its)
    output = os.read(ours, 1)
    first = time.perf_counter() - started
    while part := os.read(ours, 1 << 20):
        output += part
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    os.close(ours)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise RuntimeError(f"{' '.join(command)}: exit {code}")
    return {"seconds": seconds, "first": first, "cpu": usage.ru_utime + usage.ru_stime, "output": output}


def peak(command, environment):
    """The most memory that the process held at once, MB. (Python's own wait4 would tell at least what Python has.)"""
    measured = subprocess.run(["/usr/bin/time", "-f", "%M", *command], env=environment, check=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(measured.stderr.splitlines()[-1]) * 1024 / 1e6
