"""Counts of instructions, as gungraun prints them, against those that were accepted. See scripts/bench instructions."""

import json
import sys

# How much more a path may cost than what was accepted, and how much less before that is old.
TOLERANCE = 0.05


def counts(lines):
    """{path: instructions}."""
    counted = {}
    for line in lines:
        summary = json.loads(line)
        (profile,) = summary["profiles"]
        metrics = profile["data"]["total"]["metrics"]
        counted[summary["function_name"]] = metrics["Ir"]["values"]["new"]
    return counted


def main():
    path, *arguments = sys.argv[1:]
    counted = counts(sys.stdin)
    if not counted:
        sys.exit("nothing was counted")
    if arguments == ["--accept"]:
        with open(path, "w") as file:
            file.writelines(f"{name} {count}\n" for name, count in counted.items())
        return
    if arguments:
        sys.exit(f"there is no {arguments[0]}: only --accept")
    with open(path) as file:
        accepted = {name: int(count) for name, count in map(str.split, file)}
    failed = False
    for name in sorted(accepted.keys() | counted.keys(), key=[*counted, *accepted].index):
        count, before = counted.get(name), accepted.get(name)
        if None in (count, before):
            print(f"{name}: counted {count}, accepted {before}: to be accepted with --accept")
            failed = True
            continue
        change = count / before - 1
        verdict = "MORE" if change > TOLERANCE else "less: --accept holds it to that" if change < -TOLERANCE else "the same"
        failed |= change > TOLERANCE
        print(f"{name}: {count:,} instructions, accepted {before:,} ({change:+.1%}) {verdict}")
    sys.exit(failed)


main()
