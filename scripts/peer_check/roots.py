"""Random search roots: projects with trackers, and every odd record, copy and tracker that was ever seen."""

import os
import string

import trees

TRACKER = ".skillmeat-deployed.toml"
FOLDER = {"skill": "skills", "command": "commands", "agent": "agents", "hook": "hooks", "mcp": "mcp"}
ARTIFACTS = [("skill", "pdf"), ("skill", "canvas"), ("skill", "review"), ("mcp", "files"), ("command", "review"),
             ("command", "plan"), ("agent", "planner"), ("hook", "format")]
DATES = ["2026-01-02T03:04:05.678901", "2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.100000+00:00",
         "2026-01-02T03:04:05+05:30", "20260102T030405", "2026-01-02 03:04:05", "2026-01-02T03:04",
         "2026-W01-5T03:04:05", "2026-01-02T03:04:05.678", "2026-01-02T03:04:05.123456789", "2026-01-02T03:04:05-08:00"]
LITERALS = ["2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+02:00", "2026-01-02"]
ELSEWHERE = "tools/x.md"  # relative to the project, as SkillMeat records a custom destination
NEEDED = ["artifact_name", "artifact_type", "artifact_path", "deployed_at", "from_collection"]


class Literal(str):
    """A value that is TOML already."""


def toml(value):
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, int):
        return str(value)
    escape = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(escape.get(character, character) for character in value) + '"'


class Root:
    """One random search root; `content_hash` is SkillMeat's own."""

    def __init__(self, rng, path, content_hash):
        self.rng, self.path, self.content_hash = rng, os.path.join(path, "root"), content_hash
        self.outside = os.path.join(path, "outside")
        os.makedirs(self.path)
        os.makedirs(os.path.join(self.outside, "skills"))
        trees.write(os.path.join(self.outside, "file"), b"outside\n")
        self.projects, self.serial = [], 0
        for _ in range(rng.randint(4, 14)):
            self.project()
        if rng.random() < 0.3:  # a linked project directory is nobody's project
            os.symlink(rng.choice(self.projects), os.path.join(self.path, "linked"))

    def place(self):
        """A directory: mostly 1 to 3 deep, sometimes the root itself, too deep, hidden or inside another project."""
        self.serial += 1
        name, pick = self.rng.choice(["app", "Web", "caf\u00e9", "a b", ".hid"]) + str(self.serial), self.rng.random()
        if pick < 0.04 and self.path not in self.projects:
            return self.path
        if pick < 0.30 and self.projects:
            between = self.rng.choice(["", "packages", "node_modules", ".claude"])
            return os.path.join(self.rng.choice(self.projects), between, name)
        return os.path.join(self.path, *(["group", "team", "deep"][:self.rng.choice([0, 0, 1, 1, 2, 3])]), name)

    def project(self):
        project, rng = self.place(), self.rng
        os.makedirs(os.path.join(project, "tools"), exist_ok=True)
        trees.write(os.path.join(project, ELSEWHERE), b"elsewhere\n")
        self.projects.append(project)
        sets = {".claude": 70, ".claude .codex": 8, ".codex": 5, ".agents": 5, ".claude .agents .foo": 8, "tools": 2}
        roots = rng.choices(list(sets), sets.values())[0].split()
        for name in roots:
            profile = os.path.join(project, name)
            if name == ".claude" and rng.random() < 0.06 and not os.path.lexists(profile):
                outside = os.path.join(self.outside, f"claude{self.serial}")
                target = rng.choice([outside, os.path.join(project, "config")])
                os.makedirs(target, exist_ok=True)
                os.symlink(target, profile)
            os.makedirs(profile, exist_ok=True)
            Tracker(self, profile).fill()


class Tracker:
    """One profile root with its copies and its tracker."""

    def __init__(self, root, profile):
        self.root, self.rng, self.profile, self.blocks = root, root.rng, profile, []
        self.fatal = root.rng.random() < 0.3  # may hold records for which SkillMeat drops the whole project

    def fill(self):
        for kind, name in self.rng.sample(ARTIFACTS, self.rng.randint(1, 6)):
            self.deploy(kind, name)
        self.rng.shuffle(self.blocks)
        path, data = os.path.join(self.profile, TRACKER), "\n".join(self.blocks).encode()
        odd = self.rng.random()
        if odd < 0.75 or os.path.lexists(path):
            return trees.write(path, data)
        self.rng.choice([
            lambda: trees.write(path, data + b"\n[[deployed\n"),
            lambda: trees.write(path, data.replace(b"= \"", b"= ", 1)),
            lambda: trees.write(path, b"\xef\xbb\xbf" + data),
            lambda: trees.write(path, data + b"# \xff\n"),
            lambda: trees.write(path, data.replace(b"\n", b"\r\n")),
            lambda: trees.write(path, b""),
            lambda: trees.write(path, b"deployed = []\n"),
            lambda: trees.write(path, b'deployed = "none"\n'),
            lambda: trees.write(path, b"deployed = [1, 2]\n"),
            lambda: trees.write(path, b"[deployed]\nx = 1\n"),
            lambda: trees.write(path, b'schema = 3\n[other]\nx = "y"\n\n' + data + b"\n# a comment\n"),
            lambda: os.mkdir(path),
            lambda: self.linked(path, data),
            lambda: os.symlink("nowhere.toml", path),
        ])()

    def linked(self, path, data):
        trees.write(path + ".real", data)
        os.symlink(os.path.basename(path) + ".real", path)

    def deploy(self, kind, name):
        rel = f"{FOLDER[kind]}/{name}" + ("" if kind in ("skill", "mcp") else ".md")
        copy = os.path.join(self.profile, rel)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        if not os.path.lexists(copy):
            self.release(kind, copy)
        digest = self.root.content_hash(copy) or "0" * 64
        record = {"artifact_name": name, "artifact_type": kind, "from_collection": "default",
                  "deployed_at": self.rng.choice(DATES), "artifact_path": rel, "content_hash": digest,
                  "local_modifications": False, "collection_sha": digest}
        for _ in range(self.rng.choices([0, 1, 2], [40, 48, 12])[0]):
            self.rng.choice([self.odd_record, self.odd_baseline, self.odd_copy])(record, copy)
        self.add(record)
        if self.rng.random() < 0.06:  # the same artifact once more, with another path and date
            self.add({**record, "artifact_path": rel + "x", "deployed_at": self.rng.choice(DATES)})
        if self.rng.random() < 0.04:
            self.add({**record, "artifact_name": name + self.rng.choice([".md", ".json", ".md.md"])})

    def release(self, kind, copy):
        if kind not in ("skill", "mcp"):
            return trees.write(copy, self.rng.choice([b"text\n", b"crlf\r\n", b"", self.rng.randbytes(30)]))
        os.makedirs(os.path.join(copy, "references"))
        names = ["a b", "a/b", "\u00e9.md", ".hidden", "references/x.md", "run.py"]
        for name in ["SKILL.md", *self.rng.sample(names, 3)]:
            os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
            trees.write(os.path.join(copy, name), trees.contents(self.rng))

    def add(self, record):
        lines = [f"{key} = {toml(value)}" for key, value in record.items() if value is not None]
        self.blocks.append("[[deployed]]\n" + "\n".join(lines) + "\n")

    def odd_record(self, record, copy):
        rng, rel, name = self.rng, record["artifact_path"] or "", record["artifact_name"] or "x"
        harmless = [
            {"artifact_name": name + rng.choice([".md", ".txt", ".json", ".yaml", ".yml"])},
            {"artifact_name": Literal("7")}, {"artifact_type": Literal("7")},
            {"artifact_type": "workflow"}, {"artifact_type": "novelty"},
            {"artifact_path": copy}, {"artifact_path": os.path.join(self.root.outside, "file")},
            {"artifact_path": ELSEWHERE}, {"artifact_path": "../../outside"},
            {"artifact_path": f"../{os.path.basename(self.profile)}/{rel}"},
            {"artifact_path": f"{os.path.dirname(rel)}/../{rel}"}, {"artifact_path": f"./{rel}//"},
            {"artifact_path": ""},
            {"local_modifications": True}, {"deployment_profile_id": "codex", "profile_root_dir": ".codex"},
            {"extra": "key"}, {"version_lineage": [record["content_hash"] or "x"]},
        ]
        fatal = [
            {"deployed_at": "yesterday"}, {"deployed_at": ""},
            {"deployed_at": self.mutated_date()}, {"deployed_at": self.mutated_date()},
            {"deployed_at": Literal(rng.choice(LITERALS))},
            {rng.choice(NEEDED): None}, {"content_hash": None, "collection_sha": None},
            {"platform": "unheard-of"}, {"last_modified_check": "never"},
        ]
        record.update(rng.choice(fatal if self.fatal and rng.random() < 0.4 else harmless))

    def mutated_date(self):
        date = list(self.rng.choice(DATES))
        for _ in range(self.rng.randint(1, 2)):
            at = self.rng.randrange(len(date))
            date[at:at + self.rng.randint(0, 2)] = self.rng.choice(["", *"059-:TWZ+., "])
        return "".join(date)

    def odd_baseline(self, record, copy):
        digest = record["content_hash"] or "0" * 64
        record.update(self.rng.choice([
            {"collection_sha": None}, {"content_hash": None}, {"collection_sha": ""}, {"content_hash": ""},
            {"content_hash": "f" * 64}, {"collection_sha": "f" * 64}, {"collection_sha": digest.upper()},
            {"collection_sha": "aaa"}, {"content_hash": "".join(self.rng.choices(string.hexdigits, k=64))},
            {"collection_sha": None, "content_hash": digest[::-1]},
        ]))

    def odd_copy(self, record, copy):
        """An edit, a loss, or something the copy should not be or hold."""
        if os.path.islink(copy) or not (os.path.isdir(copy) or os.path.isfile(copy)):
            return
        directory, self.root.serial = os.path.isdir(copy), self.root.serial + 1
        inside, aside = os.path.join(copy, f"added{self.root.serial}"), f"{copy}.aside{self.root.serial}"
        outside = os.path.join(self.root.outside, f"moved{self.root.serial}")
        anywhere = [lambda: os.rename(copy, aside), lambda: self.replace(copy, aside, os.mkfifo),
                    lambda: self.replace(copy, aside, lambda path: trees.write(path, b"replaced\n")),
                    lambda: self.replace(copy, aside, lambda path: os.symlink(os.path.basename(aside), path)),
                    lambda: self.replace(copy, outside, lambda path: os.symlink(outside, path)),
                    lambda: self.replace(copy, aside, lambda path: os.symlink("nowhere", path))]
        file_only = [lambda: trees.write(copy, b"edited\n")] * 4
        inside_only = [lambda: trees.write(inside, b"edited\n"), lambda: trees.write(inside + "\udcff", b"x"),
                       lambda: trees.write(os.path.join(copy, ".DS_Store"), b"\0"),
                       lambda: os.symlink(os.path.join(self.root.outside, "file"), inside),
                       lambda: os.symlink(os.path.join(self.root.outside, "skills"), inside),
                       lambda: os.symlink("nowhere", inside), lambda: os.symlink("SKILL.md", inside),
                       lambda: os.mkfifo(inside), lambda: os.mkdir(inside)]
        self.rng.choice(anywhere + (inside_only if directory else file_only))()

    @staticmethod
    def replace(copy, aside, make):
        os.rename(copy, aside)
        make(copy)
