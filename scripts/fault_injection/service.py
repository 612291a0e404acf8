"""A service whose calls fail: it says so and ends, or goes on and is right."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import faults
import verdict
from pool import drive_all

# Longer than anything here takes.
PATIENCE = 30
# Of each kind of call so many are tried: those of the start, and of the first answers.
MOST = 40
# How often it is asked to see whether anything is left open.
AGAIN = 20
KEY = "the key of the service under faults"
SERVE = ["serve", "--listen", "127.0.0.1:0", "--log-json"]


class Service:
    """A service under strace, ended when the block is left."""

    def __init__(self, world, options):
        self.lines, self.address = [], None
        file = world.base / "key"
        file.touch(0o600)
        file.write_text(KEY)
        # What could not be read is looked at again after so many seconds.
        settings = {"SKILLSTAT_TTL_SECONDS": "5", "SKILLSTAT_KEY_FILE": str(file)}
        self.strace = subprocess.Popen(
            ["strace", "-f", "-o", *options, world.binary, *SERVE],
            env=world.environment() | settings, cwd=world.projects, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
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

    def send(self, method, path):
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, headers={"X-API-Key": KEY})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def ask(self, path, method="GET"):
        """Asks until somebody answers: a connection may have been the one that failed."""
        for _ in range(3):
            try:
                return self.send(method, path)
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
        return ended_early(service)
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


def ended_early(service):
    # tokio's runtime panics without a thread, and may wait for those it has then; nothing of ours has begun.
    if any(text.decode() in line for text in verdict.RUNTIME for line in service.lines):
        return verdict.GAVE_UP
    if service.strace.wait(PATIENCE) not in (1, 2, 3):
        raise verdict.Wrong(f"it ended by {service.strace.returncode}: {service.lines[-3:]}")
    return verdict.REFUSED


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
        service.ask("/api/v1/cache/invalidate", "POST")
        service.ask("/api/v1/status")
    began = time.monotonic()
    while True:
        # Idle threads and connections that nobody took go after a while.
        (after, threads_after) = service.open_files()
        if after <= files + 2 and threads_after <= threads + 2:
            return
        if time.monotonic() - began > PATIENCE:
            raise verdict.Wrong(f"{files} open files became {after}, {threads} threads {threads_after}")
        service.ask("/health")


def counted(world):
    """Returns which calls one visit takes, each with its number in its thread, but for the loader's."""
    world.reset([])
    log = f"{world.base}.log"
    with Service(world, [log, "-y", "-e", f"trace=?{',?'.join(faults.ERRORS)}"]) as service:
        visit(service, world)
    return faults.points(log, MOST)


def drive_service(name, worlds, print_wrong):
    for world in worlds:
        world.reset([])
        world.states = verdict.copies(verdict.parsed(world.run(["--json", "--no-index", "status"])))

    def drive(world, call, number, expression):
        world.reset([])
        options = ["/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{expression}:when={number}"]
        with Service(world, options) as service:
            return visit(service, world)

    return drive_all(name, worlds, counted(worlds[0]), drive, print_wrong)
