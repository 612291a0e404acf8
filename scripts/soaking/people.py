"""Who reads and who writes."""

import contextlib
import http.client
import json
import os
import random
import shutil
import threading
import time

PAUSE = 0.02


class Person(threading.Thread):
    """Does one thing after another until all end; holds still when all do."""

    def __init__(self, soak, seed):
        super().__init__(daemon=True)
        self.soak, self.random = soak, random.Random(seed)

    def run(self):
        while not self.soak.ending.is_set():
            with self.soak.turn():
                life = self.soak.service.life
                try:
                    self.act()
                except (OSError, http.client.HTTPException, ValueError) as error:
                    # Whoever was asked meanwhile has been ended on purpose.
                    on_purpose = life % 2 or life != self.soak.service.life
                    self.soak.count("errors on purpose" if on_purpose else "errors")
                    if not on_purpose:
                        self.soak.wrong.append(f"{type(self).__name__}: {error!r}")
            time.sleep(self.pause())

    def pause(self):
        return self.random.uniform(0, 2 * PAUSE)


class Reader(Person):
    connection = None

    def act(self):
        if self.connection is None:
            self.connection = self.soak.service.connect()
        path = self.random.choice(self.soak.questions)
        try:
            self.connection.request("GET", path)
            reply = self.connection.getresponse()
            body = reply.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        if reply.status == 503 and path == "/api/v1/fleet":
            # Redis has been ended on purpose: nobody knows how other machines are.
            return self.soak.count("errors on purpose")
        if reply.status != 200:
            raise ValueError(f"{path}: {reply.status} {body[:200]}")
        json.loads(body)
        self.soak.count("answers")


class Editor(Person):
    """Edits, takes away and puts back files of copies."""

    def act(self):
        # What is undeployed meanwhile is gone.
        with self.soak.editing, contextlib.suppress(FileNotFoundError):
            self.edit(self.random.choice(self.soak.files))
        self.soak.count("edits")

    def edit(self, copy):
        kept = copy + ".kept"
        what = self.random.randrange(4)
        if what == 0:
            with open(copy, "a") as file:
                file.write("edited\n")
        elif what == 1 and os.path.exists(copy):
            with open(copy + "~", "w") as file:
                file.write("saved\n")
            os.replace(copy + "~", copy)
        elif what == 2 and os.path.exists(copy) and not os.path.exists(kept):
            os.rename(copy, kept)
        elif os.path.exists(kept):
            os.rename(kept, copy)

    def pause(self):
        return self.random.uniform(0, 0.1)


class Deployer(Person):
    """Deploys and undeploys by the service, now into the tree, now onto the shared volume."""

    def act(self):
        project = self.random.choice(self.soak.projects)
        order = {"project_path": project, "overwrite": True}
        verb = self.random.choice(["deploy", "deploy", "undeploy"])
        artifact = self.random.choice(["skill:soak-a", "command:soak-b"])
        status, body = self.soak.service.ask("POST", f"/api/v1/artifacts/{artifact}/{verb}", order)
        # What is not there cannot be taken away, and what another writes at that moment is busy.
        if status not in (200, 404, 409):
            raise ValueError(f"{verb} {project}: {status} {body}")
        self.soak.count("writes")

    def pause(self):
        return self.random.uniform(0, 0.5)


class Storm(Person):
    """Writes thousands of files at once, as a checkout does, and takes them away."""

    def act(self):
        directory = os.path.join(self.random.choice(self.soak.projects[1:]), "storm")
        for number in range(2000):
            path = os.path.join(directory, str(number % 40))
            os.makedirs(path, exist_ok=True)
            with open(os.path.join(path, str(number)), "w") as file:
                file.write("x")
        shutil.rmtree(directory)
        self.soak.count("storms")

    def pause(self):
        return self.random.uniform(5, 20)
