"""Printing figures, and holding them against their goals."""

import statistics


class Figures:
    def __init__(self):
        self.missed = 0

    def tell(self, what, found, goal=None, *, at_least=False):
        """Prints a figure; `goal` is the most it may be, or the least."""
        if goal is None:
            print(f"{what}: {found:.2f}")
            return
        met = found >= goal if at_least else found <= goal
        self.missed += not met
        print(f"{what}: {found:.2f} (goal: {'at least' if at_least else 'at most'} {goal:g}) {'met' if met else 'MISSED'}")

    def exit_code(self):
        return 1 if self.missed else 0


def ratios(ones, others, key):
    """The median of the ratios within each round."""
    return statistics.median(one[key] / other[key] for one, other in zip(ones, others))


def median(runs, key):
    return statistics.median(run[key] for run in runs)
