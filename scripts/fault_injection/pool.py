"""Many faults, each in a world that no other uses meanwhile."""

import collections
import subprocess
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import faults
import verdict


def drive_all(name, worlds, calls, drive, print_wrong):
    """Lets each call of `calls`, by name and number, fail in each way; `drive` does so in a world and returns the
    outcome. Returns how often each outcome was, by call and kind."""
    free = Queue()
    for world in worlds:
        free.put(world)

    def one(point):
        call, number, kind, expression = point
        world = free.get()
        try:
            return call, kind, drive(world, call, number, expression)
        except (verdict.Wrong, subprocess.TimeoutExpired, OSError, ValueError) as wrong:
            print_wrong(f"{name}: {call} {number} {kind}: {wrong}")
            return call, kind, verdict.WRONG
        finally:
            free.put(world)

    points = [(call, number, kind, expression)
              for call, number in calls
              for kind, expression in faults.expressions(call)
              if (name, call, kind) not in faults.BY_RULE]
    with ThreadPoolExecutor(len(worlds)) as pool:
        return collections.Counter(pool.map(one, points))
