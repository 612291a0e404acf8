"""Both SkillMeats, each in a process of its own that is asked again and again."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))


class Peer:
    """One version of SkillMeat. Ended when the block is left."""

    def __init__(self, options, version):
        home = os.path.join(options.scratch, "peer-home")
        os.makedirs(home, exist_ok=True)
        environment = {"HOME": home, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONPATH": os.path.join(HERE, "../peer_check")}
        python = os.path.join(options.environments, version, "bin/python")
        command = [python, "-W", "ignore", os.path.join(HERE, "peer.py"), version]
        self.child = subprocess.Popen(command, env=environment, cwd=home, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.version = version

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.child.stdin.close()
        self.child.terminate()
        self.child.wait()

    def ask(self, function, root, artifacts=()):
        """{found, seconds, cpu} of one call."""
        self.child.stdin.write(json.dumps([function, root, list(artifacts)]) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError(f"SkillMeat {self.version} ended while it was asked for {function}")
        return json.loads(answer)
