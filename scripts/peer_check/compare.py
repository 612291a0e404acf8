"""Runs the five rounds of scripts/peer-check and prints what agreed and what did not. Called by that script only."""

import argparse
import collections
import logging
import os
import random
import sys
import time
from pathlib import Path

import cli_round
import crowd_round
import kinds
import peers
import roots
import trees
import writing_round

SHOWN = 30  # differences printed in full


def hashes(options, skillstat, report):
    """Round 2: content hashes of random trees, by both SkillMeats and by skillstat."""
    paths = []
    for number in range(options.trees):
        paths += trees.make(random.Random(f"{options.seed}-tree-{number}"), f"{options.scratch}/trees/{number}")
    answers = [peers.peer_hashes(python, paths) for python in options.pythons]
    for path, *both in zip(paths, *answers):
        if len(set(both)) > 1:
            report.differ(f"the SkillMeats disagree on {path!r}: {both}")
    wanted = {path: hex for path, (hex, _) in zip(paths, answers[0]) if hex}
    ours, code, stderr = skillstat.hashes(wanted)
    if code != 0:
        report.differ(f"hash of {len(wanted)} good paths: exit {code}: {stderr.decode(errors='replace')[:300]}")
    for path, hex in wanted.items():
        report.same_or_differ(ours.get(path) == hex, f"hash of {path!r}: ours {ours.get(path)}, SkillMeat {hex}")
    for path, (hex, error) in zip(paths, answers[0]):
        if error:
            ours, code, stderr = skillstat.hashes([path])
            said = f"ours {ours}, exit {code}, {stderr}"
            report.same_or_differ(code == 3 and not ours and stderr, f"{path!r} is a {error}: {said}")


def statistics(options, skillstat, report):
    """Round 3: statistics of random projects, by 0.9.0's build_deployment_statistics and by skillstat."""
    peer = peers.Peer()
    for number in range(options.roots):
        rng = random.Random(f"{options.seed}-root-{number}")
        root = roots.Root(rng, f"{options.scratch}/roots/{number}", peer.content_hash).path
        peer.enter(root)
        discovered = peer.discover()
        views = {path: kinds.View(path, peer) for path in kinds.projects(root)}
        for path in discovered - set(views):
            report.differ(f"found by SkillMeat only: {path}")
        status = skillstat.status(root)
        count = status["projects"]
        report.same_or_differ(count == len(views), f"{root}: {count} projects, not {len(views)}: {sorted(views)}")
        ours = {artifact["artifact"]: artifact for artifact in status["artifacts"]}
        read_errors = {path: peer.read_error(path) for path in discovered}
        for key in sorted({key for view in views.values() for key in view.copies} | set(ours)):
            theirs = peer.statistics(*key.split(":", 1))
            answer = ours.get(key, {"projects": [], "total_deployments": 0, "modified_deployments": 0})
            compare_artifact(key, answer, theirs, views, discovered, read_errors, report)
        named = {entry["path"] for entry in status["problems"]}
        for tracker in sorted(tracker for view in views.values() for tracker in view.bad_trackers):
            report.same_or_differ(tracker in named, f"no problem names {tracker}")


def compare_artifact(key, answer, theirs, views, discovered, read_errors, report):
    ours = {entry["project_path"]: entry for entry in answer["projects"]}
    counts = (answer["total_deployments"], answer["modified_deployments"])
    added = (len(answer["projects"]), sum(entry["is_modified"] for entry in answer["projects"]))
    report.same_or_differ(counts == added and len(ours) == added[0], f"{key}: counts {counts}, listed {added}")
    for path in sorted(set(ours) | set(theirs) | {path for path, view in views.items() if key in view.copies}):
        view, their = views.get(path), theirs.get(path)
        expected = view.entry(key) if view and key in view.copies else None
        our = ours.get(path) and {name: ours[path].get(name) for name in ours[path] if name in (expected or ours[path])}
        where = f"{key} in {path}"
        if our != expected:
            report.differ(f"{where}\n    ours      {our}\n    expected  {expected}\n    SkillMeat {their}")
            continue
        details = ours[path]["copies"] if our else []
        copies = [(copy["profile_root"], copy["state"]) for copy in details]
        wanted = [(copy.root, copy.state) for copy in view.copies[key]] if expected else []
        if copies != wanted:
            report.differ(f"{where}: copies {copies}, expected {wanted}")
        elif any(copy["state"] == "unreadable" and not copy["reason"] for copy in details):
            report.differ(f"{where}: unreadable without a reason")
        elif our == their:
            report.same()
        else:
            kind = kinds.explain(view, key, their, discovered, read_errors.get(path)) if view else None
            said = f"\n    ours      {our}\n    SkillMeat {their}"
            report.kind(kind) if kind else report.differ(where + said)


class Report:
    def __init__(self, title):
        self.title, self.agreed, self.kinds, self.differences = title, 0, collections.Counter(), []
        self.started = time.monotonic()

    def same(self):
        self.agreed += 1

    def differ(self, text):
        self.differences.append(text)

    def same_or_differ(self, good, text):
        self.same() if good else self.differ(text)

    def kind(self, kind):
        self.kinds[kind] += 1

    def print(self):
        seconds = time.monotonic() - self.started
        print(f"\n{self.title}: {self.agreed} equal, {self.kinds.total()} different for one of {len(self.kinds)} "
              f"known reasons, {len(self.differences)} unexplained ({seconds:.0f} s)")
        for kind, count in sorted(self.kinds.items(), key=lambda item: (-item[1], item[0])):
            print(f"  {count:5}  {kind}")
        for text in self.differences[:SHOWN]:
            print(f"  UNEXPLAINED {text}")
        if len(self.differences) > SHOWN:
            print(f"  ... and {len(self.differences) - SHOWN} more")
        sys.stdout.flush()


def command_line(options, skillstat, report):
    skillmeat = f"{options.environments}/0.74.0/bin/skillmeat"
    compared, differences = cli_round.run(skillmeat, options.scratch, skillstat)
    report.agreed, report.differences = compared, differences


def writing(options, skillstat, report):
    """Round 4."""
    skillmeat = f"{options.environments}/0.74.0/bin/skillmeat"
    held, differences = writing_round.run(skillmeat, options.scratch, skillstat, options.seed, options.writes)
    report.agreed, report.differences = held, differences


def crowd(options, skillstat, report):
    """Round 5."""
    python = f"{options.environments}/0.74.0/bin/python"
    counted, held, differences = crowd_round.run(python, options.scratch, skillstat, options.seed, options.deploys)
    print(f"\n{counted}")
    report.agreed, report.differences = held, differences


ROUNDS = {"cli": ("Deployed by SkillMeat 0.74.0's command line", command_line),
          "hashes": ("Content hashes, 0.9.0 and 0.74.0", hashes),
          "statistics": ("Deployment statistics, 0.9.0", statistics),
          "writes": ("Writes of skillstat and of SkillMeat 0.74.0 in turn", writing),
          "crowd": ("Writes of skillstat and of SkillMeat 0.74.0 at once", crowd)}


def main():
    parser = argparse.ArgumentParser(prog="scripts/peer-check")
    for name in ("skillstat", "environments", "scratch"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--trees", type=int, default=200, help="random trees to hash (200)")
    parser.add_argument("--roots", type=int, default=20, help="random search roots (20)")
    parser.add_argument("--writes", type=int, default=50, help="writes in turn (50)")
    parser.add_argument("--deploys", type=int, default=25, help="deploys of each of four beside SkillMeat (25)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other trees and roots (1)")
    parser.add_argument("--only", choices=ROUNDS, help="one round instead of all")
    options = parser.parse_args()
    options.pythons = [f"{options.environments}/{version}/bin/python" for version in ("0.9.0", "0.74.0")]
    options.scratch = os.path.realpath(options.scratch)
    logging.disable(logging.CRITICAL)  # SkillMeat warns about each project that it drops

    failed, skillstat = False, peers.Skillstat(options.skillstat)
    for name, (title, compare) in ROUNDS.items():
        if options.only in (None, name):
            report = Report(title)
            compare(options, skillstat, report)
            report.print()
            failed |= bool(report.differences)
    print(f"\n{'FAILED' if failed else 'passed'}, seed {options.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
