"""What skillstat must answer for one search root, and why SkillMeat may answer otherwise.

`View` applies skillstat's rules to files on disk, as literally as they are written down; hashes and dates come from
SkillMeat's own code.
Each copy also notes the rules by which it may differ from SkillMeat: only these can explain a difference.
"""

import codecs
import contextlib
import os
import re
import tomllib
from pathlib import Path

TRACKER = ".skillmeat-deployed.toml"
EXTENSION = re.compile(r"(?<=.)\.(md|txt|json|yaml|yml)$")
MAX_DEPTH = 3


def projects(root):
    """Every directory with a tracker in one of its dot directories, at most MAX_DEPTH below `root`."""
    found, root = [], os.path.realpath(root)
    for folder, names, _ in os.walk(root):
        depth = 0 if folder == root else len(os.path.relpath(folder, root).split(os.sep))
        if depth == MAX_DEPTH:
            names.clear()
        if profile_roots(folder):
            found.append(folder)
    return found


def profile_roots(project):
    """`.claude` first, then the others by name."""
    names = [name for name in os.listdir(project)
             if name.startswith(".") and os.path.lexists(os.path.join(project, name, TRACKER))]
    return sorted(names, key=lambda name: (name != ".claude", os.fsencode(name)))


def read_records(tracker):
    """(records, whether the whole file is fine).

    Of a file that is not TOML, each `[[deployed]]` table that is TOML by itself counts; a header that
    breaks off ends the table before it.
    """
    try:
        with open(tracker, "rb") as handle:
            data = handle.read()
    except FileNotFoundError:  # a link to nowhere: no records, and nothing wrong with them
        return [], True
    except OSError:
        return [], False
    good = not data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        tables = [tomllib.loads(data.decode())]
    except ValueError:
        tables, good = [], False
        for block in re.split(rb"^(?=\[\[deployed)", data, flags=re.MULTILINE):
            with contextlib.suppress(ValueError):
                tables.append(tomllib.loads(block.decode()))
    lists = [table.get("deployed", []) for table in tables]
    records = [record for entries in lists if isinstance(entries, list) for record in entries]
    return records, good and all(isinstance(entries, list) for entries in lists)


def record_key(record):
    return f"{record['artifact_type']}:{EXTENSION.sub('', record['artifact_name'])}"


class Copy:
    def __init__(self, profile, record, deployed_at, peer):
        self.root, self.path, self.deployed_at = os.path.basename(profile), record["artifact_path"], deployed_at
        self.rules = []
        if EXTENSION.search(record["artifact_name"]):
            self.rules.append("extension in the recorded name")
        if self.root != ".claude":
            self.rules.append("copy in another profile root, the peer looks for it below .claude")
        self.state = self.compare(profile, record, peer)

    def compare(self, profile, record, peer):
        path, base = str(Path(profile, self.path)), os.path.realpath(profile)

        def leaves(name):
            return os.path.commonpath([base, os.path.realpath(name)]) != base

        if os.path.normpath(self.path) == ".":
            return self.unreadable("record with an empty path, the peer hashes the whole profile root")
        if os.path.isabs(self.path) or ".." in self.path.split("/") or leaves(path):
            return self.unreadable("path or copy leads out of the profile root")
        if not os.path.exists(path):
            elsewhere = os.path.lexists(str(Path(profile).parent / self.path))
            return self.unreadable("path relative to the project") if elsewhere else "missing"
        for folder, folders, files in os.walk(os.path.realpath(path)):
            if any(leaves(os.path.join(folder, name)) for name in folders + files):
                return self.unreadable("link in the copy leads out of the profile root")
        baseline = record.get("collection_sha")
        if not baseline:
            self.rules.append("content_hash only")
            baseline = record["content_hash"]
        if not re.fullmatch("[0-9a-fA-F]{64}", baseline):
            return self.unreadable("hash on record is no SHA-256")
        if baseline != baseline.lower():
            self.rules.append("hash on record in upper case")
        current = peer.content_hash(path)
        if current is None:
            return "unreadable"
        return "synced" if current == baseline.lower() else "modified"

    def unreadable(self, rule):
        self.rules.append(rule)
        return "unreadable"


class View:
    """One project: `copies` by artifact key, and the trackers that must be named among the problems."""

    def __init__(self, project, peer):
        self.project, self.copies, self.bad_trackers = project, {}, set()
        for name in profile_roots(project):
            self.read(os.path.join(project, name), peer)

    def read(self, profile, peer):
        tracker, seen = os.path.join(profile, TRACKER), set()
        records, good = read_records(tracker)
        for record in records:
            date = peer.date(record.get("deployed_at")) if isinstance(record, dict) else None
            key = record_key(record) if date is not None and self.usable(record) else None
            if key is None or key in seen:  # of two records of one artifact the first decides
                good = False
                continue
            seen.add(key)
            self.copies.setdefault(key, []).append(Copy(profile, record, date, peer))
        if not good:
            self.bad_trackers.add(tracker)

    @staticmethod
    def usable(record):
        texts = [record.get(name) for name in ("artifact_name", "artifact_type", "artifact_path")]
        hashes = [record.get(name) for name in ("collection_sha", "content_hash")]
        return all(isinstance(text, str) for text in texts) and all(texts[:2]) and any(hashes)

    def entry(self, key):
        """What skillstat must say of this artifact here."""
        copies = self.copies[key]
        return {"project_name": os.path.basename(self.project), "project_path": self.project,
                "is_modified": any(copy.state == "modified" for copy in copies), "deployed_at": copies[0].deployed_at}


def explain(view, key, theirs, discovered, read_error):
    """Why `view.entry(key)` is not what SkillMeat said (`theirs`; None: it said nothing). None: no rule explains it."""
    if key not in view.copies:
        shorter = EXTENSION.sub("", key) in view.copies
        return "extension in the recorded name: ours counts it under the shorter name" if shorter else None
    copies = view.copies[key]
    if theirs is None:
        if view.project not in discovered:
            return "project with other profile roots only: the peer does not find it"
        if read_error:
            return "the peer drops the whole project: " + re.sub(r"'[^']*'|/.*", "...", read_error)
        return explain_rule(copies[0], "extension", "the peer does not count it")
    said = f"the peer says {'modified' if theirs['is_modified'] else 'not modified'}"
    if theirs["deployed_at"] != copies[0].deployed_at:
        if len(copies) > 1:
            return "several profile roots: the peer takes whichever the directory lists first"
        return explain_rule(copies[0], "extension", "the peer takes a later record")
    if len(copies) > 1 and copies[0].state != "modified":
        return f"several profile roots: {said}, it looks at the first only"
    for rule in copies[0].rules:
        return f"{rule}: {said}, ours is {copies[0].state}"
    return None


def explain_rule(copy, start, what):
    return next((f"{rule}: {what}" for rule in copy.rules if rule.startswith(start)), None)
