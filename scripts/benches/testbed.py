"""Trees of the testbed."""

import json
import os
import subprocess


def tree(options, name, below=None, **shape):
    """A search root made by the testbed, and what it should be found to hold.

    It lies below `below` (default: what this run removes), where an earlier one of that name is taken again."""
    out = os.path.join(below or options.scratch, name)
    wanted = os.path.join(out, "expected.json")
    if not os.path.exists(wanted):
        arguments = []
        for key, value in shape.items():
            arguments += [f"--{key.replace('_', '-')}"] + ([] if value is True else [str(value)])
        made = subprocess.run(["python3", options.testbed, out, *arguments], capture_output=True, text=True)
        if made.returncode:
            raise RuntimeError(f"{options.testbed}: {made.stderr}")
    with open(wanted) as file:
        return os.path.join(out, "root"), json.load(file)
