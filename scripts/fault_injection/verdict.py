"""Whether what came of a fault is all right."""

import json

FINE, UNKNOWN, REFUSED, TOLD = "right", "partly unknown", "refused", "done, and told"
GAVE_UP, WRONG = "runtime gave up", "WRONG"
OUTCOMES = [FINE, UNKNOWN, REFUSED, TOLD, GAVE_UP, WRONG]

# What can be said of a copy when what it was deployed from cannot be read; the answer says that it cannot.
WITHOUT_ORIGINAL = {"outdated": "synced", "conflict": "modified"}
# tokio ends a process that gets no thread or socket for its runtime, before anything of ours has begun.
RUNTIME = (b"failed to create UnixStream", b"OS can't spawn worker thread")


class Wrong(Exception):
    """An answer or a world that must not be."""


def parsed(run):
    """Returns the answer, without what differs from one moment to the next."""
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        return None
    if isinstance(answer, dict):
        answer.pop("watch", None)
        answer.pop("index", None)
    return answer


def ended(run):
    """Checks that a command has ended as commands do; tells whether its runtime gave up instead."""
    if run.returncode == 101 and any(text in run.stderr for text in RUNTIME):
        return False
    if b"panicked" in run.stderr or run.returncode not in (0, 1, 2, 3):
        raise Wrong(f"exit code {run.returncode}: {run.stderr.decode()[-400:]}")
    return True


def copies(answer):
    """Returns the state of every copy of an answer about one artifact or all."""
    found = {}
    for artifact in answer.get("artifacts", [answer]):
        for project in artifact["projects"]:
            for copy in project["copies"]:
                place = (artifact.get("artifact"), project["project_path"],
                         copy["profile_root"], copy["path"])
                found[place] = copy["state"]
    return found


def of_reading(run, truth):
    """An answer is the truth, or says itself what of it is not known."""
    if not ended(run):
        return GAVE_UP
    answer = parsed(run)
    if answer is None:
        if run.returncode == 0 or not run.stderr:
            raise Wrong("no answer, and no word about it")
        return REFUSED
    if answer == truth:
        return FINE
    told = answer.get("problems") if isinstance(answer, dict) else None
    # What may hide deployments of one artifact is no problem of it: the command says on stderr that there is some.
    told = told or b"may hide deployments" in run.stderr
    # How many projects a search root has is null where nobody knows.
    roots = answer.get("roots", []) if isinstance(answer, dict) else []
    told = told or any(root["projects"] is None for root in roots)
    if '"copies"' in json.dumps(truth):
        right = copies(truth)
        for place, state in copies(answer).items():
            without = WITHOUT_ORIGINAL.get(right.get(place)) if told else None
            if state not in (right.get(place), without, "unreadable"):
                raise Wrong(f"{place} is {state}, not {right.get(place)}")
    if not told and run.returncode == 0:
        raise Wrong(f"another answer without a word: {run.stdout.decode()[:600]}")
    return UNKNOWN


def of_writing(run, world, project, old, new):
    """What was written is there or is not, whole either way; all else is untouched."""
    as_ever = ended(run)
    look = ["--json", "--no-index", "status"]
    states = copies(parsed(world.run(look)))
    # What an interrupted write has left is put in order by the next one.
    world.done("deploy", "note", "--project", project, "--force")
    tidy = parsed(world.run(look))
    if tidy["problems"]:
        raise Wrong(f"it is never put in order: {tidy['problems']}")
    after = (world.files_of(), copies(tidy))
    for place, state in states.items():
        if state not in ("unreadable", old[1].get(place), new[1].get(place)):
            raise Wrong(f"{place} is {state} for readers")
    if run.returncode == 0:
        if after != new:
            raise Wrong(f"it says that it was done: {difference(after, new)}")
        return FINE
    if after not in (old, new):
        raise Wrong(f"neither old nor new: {difference(after, old)}")
    if not as_ever:
        return GAVE_UP
    return REFUSED if after == old else TOLD


def difference(found, expected):
    files = {path for path in found[0].keys() | expected[0].keys()
             if found[0].get(path) != expected[0].get(path)}
    return f"{sorted(files)} {found[1]}"
