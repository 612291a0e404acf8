"""The service as a process: started over a tree, asked, and what it has cost."""

import json
import os
import subprocess
import threading
import time
import urllib.request
from collections import deque

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """A process that is ended when the block is left."""

    def __init__(self, command, **options):
        self.child = subprocess.Popen(command, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.child.terminate()
        self.child.wait()

    def cpu_seconds(self):
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, field="VmRSS"):
        """MB, as the kernel tells."""
        for line in self.proc("status").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024 / 1e6
        raise RuntimeError(f"no {field}")

    def proc(self, name):
        with open(f"/proc/{self.child.pid}/{name}") as file:
            return file.read()


class Service(Process):
    """`skillstat serve` over a tree, with nothing set but the search root and, if wanted, more variables."""

    def __init__(self, options, root, **variables):
        home = os.path.join(options.scratch, "home")
        os.makedirs(home, exist_ok=True)
        environment = {"HOME": home, "SKILLSTAT_ROOTS": root, **variables}
        command = [options.skillstat, "serve", "--listen", "127.0.0.1:0", "--log-json"]
        super().__init__(command, env=environment, stderr=subprocess.PIPE, text=True)
        self.home = home
        for line in self.child.stderr:
            address = json.loads(line)["fields"].get("address")
            if address:
                self.url = f"http://{address}"
                break
        else:
            raise RuntimeError("the service ended before it listened")
        # Refusals are logged: read on, else the service would wait for room in the pipe.
        threading.Thread(target=deque, args=(self.child.stderr, 0), daemon=True).start()

    def open(self, path, **options):
        return urllib.request.urlopen(urllib.request.Request(self.url + path, **options), timeout=120)

    def get(self, path):
        with self.open(path) as answer:
            return answer.read()

    def invalidate(self):
        with open(os.path.join(self.home, ".local/state/skillstat/key")) as file:
            key = file.read()
        self.open("/api/v1/cache/invalidate", method="POST", headers={"X-API-Key": key}).close()

    def settled(self):
        """Waits until the service watches everything and, for some seconds at most, until it has nothing to do."""
        while json.loads(self.get("/api/v1/watch"))["state"] == "starting":
            time.sleep(0.05)
        before = None
        for _ in range(50):
            now = self.cpu_seconds()
            if now == before:
                return
            before = now
            time.sleep(0.2)

    def artifacts(self):
        status = json.loads(self.get("/api/v1/status"))
        return [one["artifact"] for one in status["artifacts"]]


def deployments(artifact):
    """The question of the Sync Status tab."""
    return f"/api/v1/artifacts/{artifact}?include_deployments=true"
