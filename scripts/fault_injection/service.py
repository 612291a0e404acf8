"""A service whose calls fail: it says so and ends, or goes on and is right."""

import collections
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import faults
import verdict

# Longer than anything here takes.
PATIENCE = 30
# Of each kind of call so many are tried: those of the start, and of the first answers.
MOST = 40
# How often it is asked to see whether anything is left open.
AGAIN = 20
SERVE = ["serve", "--listen", "127.0.0.1:0", "--log-json"]


class Service:
    """A service under strace, ended when the block is left."""

    def __init__(self, world, options):
        self.lines, self.address = [], None
        self.strace = subprocess.Popen(
            ["strace", "-f", "-o", *options, world.binary, *SERVE], env=world.environment(),
            cwd=world.projects, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.listens = threading.Event()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.listens.wait(PATIENCE)

    def read(self):
        for line in self.strace.stderr:
            self.lines.append(line)
            found = re.search(r'"address":"([^"]+)"', line)
            if found and not self.address:
                self.address = found[1]
                self.listens.set()
        self.listens.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.strace.poll() is None:
            for child in self.children():
                os.kill(child, signal.SIGKILL)
        self.strace.wait(PATIENCE)
        self.reader.join()

    def children(self):
        path = Path(f"/proc/{self.strace.pid}/task/{self.strace.pid}/children")
        return [int(child) for child in path.read_text().split()]

    def get(self, path):
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def ask(self, path):
        """Asks until somebody answers: a connection may have been the one that failed."""
        for _ in range(3):
            try:
                return self.get(path)
            except (OSError, http.client.HTTPException):
                if self.strace.poll() is not None:
                    break
        return None, None

    def open_files(self):
        [pid] = self.children()
        return len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))

    def end(self):
        """Ends it; returns its exit code."""
        for child in self.children():
            os.kill(child, signal.SIGTERM)
        return self.strace.wait(PATIENCE)


def states(answer):
    return verdict.copies(answer) if answer else None


def visit(service, world):
    """Asks what there is, changes it by hand, and asks again; returns the outcome."""
    if not service.address:
        if service.strace.wait(PATIENCE) not in (1, 2, 3):
            raise verdict.Wrong(f"it ended by {service.strace.returncode}: {service.lines[-3:]}")
        return verdict.REFUSED
    outcome = verdict.FINE
    status, answer = service.ask("/api/v1/status")
    if status == 200:
        for place, state in states(answer).items():
            without = verdict.WITHOUT_ORIGINAL.get(world.states[place]) if answer["problems"] else None
            if state not in ("unreadable", without, world.states[place]):
                raise verdict.Wrong(f"{place} is {state}")
        if states(answer) != world.states:
            outcome = verdict.UNKNOWN
            if not answer["problems"] and "unreadable" not in states(answer).values():
                raise verdict.Wrong(f"copies are left out without a word: {states(answer)}")
    else:
        outcome = verdict.REFUSED
    right_after_an_edit(service, world)
    nothing_leaks(service)
    if service.end() not in (0, 3):
        raise verdict.Wrong(f"it ended by {service.strace.returncode}: {service.lines[-3:]}")
    if any("panicked" in line for line in service.lines):
        raise verdict.Wrong(f"{service.lines[-5:]}")
    return outcome


def right_after_an_edit(service, world):
    world.write("projects/alpha/.claude/commands/note.md", "edited\n")
    edited = dict(world.states)
    [place] = [it for it in edited if it[0] == "command:note" and it[1].endswith("alpha")]
    edited[place] = "modified"
    began = time.monotonic()
    while True:
        # In this order: what follows is not older than this.
        _, watch = service.ask("/api/v1/watch")
        _, answer = service.ask("/api/v1/status")
        if states(answer) == edited:
            return
        if watch and watch["state"] == "live" and answer and not answer["problems"]:
            raise verdict.Wrong(f"it claims to follow the disk: {watch} {states(answer)}")
        if time.monotonic() - began > PATIENCE:
            raise verdict.Wrong(f"it never gets it right: {watch} {answer} {service.lines[-2:]}")


def nothing_leaks(service):
    service.ask("/api/v1/status")
    (files, threads) = service.open_files()
    for _ in range(AGAIN):
        service.ask("/api/v1/status?refresh=true")
    (after, threads_after) = service.open_files()
    if after > files + 2 or threads_after > threads + 2:
        raise verdict.Wrong(f"{files} open files became {after}, {threads} threads {threads_after}")


def counted(world):
    """Returns which calls one visit takes, each with its number in its thread, but for the loader's."""
    world.reset([])
    log = f"{world.base}.log"
    with Service(world, [log, "-y", "-e", f"trace=?{',?'.join(faults.ERRORS)}"]) as service:
        visit(service, world)
    return faults.points(log, MOST)


def drive_service(name, worlds, print_wrong):
    """Returns the outcomes, by call and kind."""
    free = Queue()
    for world in worlds:
        world.reset([])
        world.states = verdict.copies(verdict.parsed(world.run(["--json", "--no-index", "status"])))
        free.put(world)
    points = [(call, number, kind, expression)
              for call, number in counted(worlds[0])
              for kind, expression in faults.expressions(call)]

    def one(point):
        call, number, kind, expression = point
        world = free.get()
        try:
            world.reset([])
            options = ["/dev/null", "-e", f"trace={call}", "-e",
                       f"inject={call}:{expression}:when={number}"]
            with Service(world, options) as service:
                return call, kind, visit(service, world)
        except (verdict.Wrong, subprocess.TimeoutExpired, OSError, ValueError) as wrong:
            print_wrong(f"{name}: {call} {number} {kind}: {wrong}")
            return call, kind, verdict.WRONG
        finally:
            free.put(world)

    outcomes = collections.Counter()
    with ThreadPoolExecutor(len(worlds)) as pool:
        outcomes.update(pool.map(one, points))
    return outcomes
