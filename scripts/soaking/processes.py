"""Redis and the service, as processes that may be ended and started again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time

PATIENCE = 60


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


class Redis:
    def __init__(self, scratch):
        self.port, self.scratch, self.child = free_port(), scratch, None

    def start(self):
        self.child = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--dir", self.scratch], stdout=subprocess.DEVNULL)

    def end(self):
        self.child.kill()
        self.child.wait()


class Service:
    """Always at the same port, so that readers find it again."""

    def __init__(self, scratch, roots, redis):
        self.binary, self.port = os.environ["SKILLSTAT"], free_port()
        self.home = os.path.join(scratch, "home")
        config = os.path.join(self.home, ".config/skillstat/config.toml")
        os.makedirs(os.path.dirname(config), exist_ok=True)
        with open(config, "w") as file:
            file.write(f'redis = "redis://127.0.0.1:{redis.port}"\n[volumes]\nteam = "{roots[1]}"\n')
        self.environment = {"HOME": self.home, "PATH": os.environ["PATH"],
                            "SKILLSTAT_ROOTS": ":".join(roots)}
        # Odd while it is being ended and started.
        self.life, self.log, self.child = 1, [], None

    def start(self):
        self.child = subprocess.Popen(
            [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--log-json"],
            env=self.environment, stderr=subprocess.PIPE, text=True)
        listens = threading.Event()
        threading.Thread(target=self.read, args=(self.child.stderr, listens), daemon=True).start()
        if not listens.wait(PATIENCE):
            raise RuntimeError(f"it does not listen: {self.log[-3:]}")
        self.key = open(os.path.join(self.home, ".local/state/skillstat/key")).read()
        self.life += 1

    def read(self, stderr, listens):
        for line in stderr:
            try:
                event = json.loads(line)
            except ValueError:
                self.log.append(line)
                continue
            fields = event["fields"]
            if "address" in fields:
                listens.set()
            # Redis has been ended on purpose.
            away = fields.get("path") == "/api/v1/fleet" and fields.get("status") == 503
            if event["level"] == "ERROR" and not away:
                self.log.append(line)

    def end(self):
        """Ends it as systemd does; returns its exit code and how long it took."""
        self.life += 1
        began = time.monotonic()
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(PATIENCE), time.monotonic() - began

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method, path, body=None):
        connection = self.connect()
        try:
            headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
            connection.request(method, path, body=body and json.dumps(body), headers=headers)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def command(self, *arguments):
        return subprocess.run([self.binary, "--json", "--no-service", "--no-index", *arguments],
                              env=self.environment, capture_output=True, check=True, timeout=PATIENCE)

    def look(self):
        """Returns the status as a look at the disk finds it."""
        return json.loads(self.command("status").stdout)

    def sample(self):
        """Returns resident memory in MB, open files and threads."""
        status = open(f"/proc/{self.child.pid}/status").read()
        resident = int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6
        directory = f"/proc/{self.child.pid}"
        return resident, len(os.listdir(f"{directory}/fd")), len(os.listdir(f"{directory}/task"))
