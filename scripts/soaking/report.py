"""What a soak has shown."""

import csv
import os
import statistics

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

# By how much the last third of a life may have more than the middle one.
GROWTH = {"memory_mb": 1.15, "open_files": 1.10, "threads": 1.10}
FIELDS = ["seconds", "life", "memory_mb", "open_files", "threads"]


def growth(samples, field):
    """Returns the last third against the middle one, of the longest life."""
    lives = {}
    for sample in samples:
        lives.setdefault(sample["life"], []).append(sample[field])
    longest = max(lives.values(), key=len)
    third = len(longest) // 3
    return statistics.median(longest[2 * third:]) / statistics.median(longest[third:2 * third])


def write(out, soak, minutes):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "samples.csv"), "w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS)
        rows.writeheader()
        rows.writerows(soak.samples)
    wrong = list(soak.wrong)
    lines = [f"# {minutes} minutes", "", "| what | how often |", "|---|---:|"]
    lines += [f"| {what} | {count} |" for what, count in sorted(soak.counts.items())]
    lines += ["", "| of the service | least | median | most | last third / middle one |",
              "|---|---:|---:|---:|---:|"]
    for field in FIELDS[2:]:
        values = [sample[field] for sample in soak.samples]
        grown = growth(soak.samples, field)
        lines.append(f"| {field} | {min(values):.1f} | {statistics.median(values):.1f} | "
                     f"{max(values):.1f} | {grown:.3f} |")
        if grown > GROWTH[field]:
            wrong.append(f"{field} grows: {grown:.3f}")
    lines += ["", "Nothing was wrong." if not wrong else "## Wrong", ""] + wrong[:50]
    text = "\n".join(lines) + "\n"
    with open(os.path.join(out, "report.md"), "w") as file:
        file.write(text)
    plot(out, soak)
    return text, not wrong


def plot(out, soak):
    figure, axes = pyplot.subplots(3, sharex=True, figsize=(9, 6))
    seconds = [sample["seconds"] for sample in soak.samples]
    for axis, field in zip(axes, FIELDS[2:]):
        axis.plot(seconds, [sample[field] for sample in soak.samples], linewidth=1)
        axis.set_ylabel(field)
        axis.set_ylim(bottom=0)
        for moment in soak.restarts:
            axis.axvline(moment, color="grey", linewidth=0.5, linestyle=":")
    axes[-1].set_xlabel("seconds; dotted: the service was started again")
    figure.savefig(os.path.join(out, "memory.svg"))
