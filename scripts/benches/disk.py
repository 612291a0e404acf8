"""A tree on a disk, of which nothing is in memory."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager

from commands import run


@contextmanager
def filesystem(options):
    """The path of an empty ext4 in a file on a disk. (To remove a file is quick, to remove a tree on a disk that is
    mounted with `discard` is not.)"""
    image = tempfile.NamedTemporaryFile(dir=options.disk, prefix="skillstat-bench.", suffix=".ext4")
    place = os.path.join(options.scratch, "disk")
    os.makedirs(place, exist_ok=True)
    with image:
        os.truncate(image.name, 2 << 30)
        for command in (["mkfs.ext4", "-q", "-F", image.name], ["mount", "-o", "loop", image.name, place]):
            subprocess.run(command, check=True, capture_output=True, text=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)


def forget(program):
    """Drops what the kernel keeps of all disks, then reads the program itself again."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3\n")
    with open(program, "rb") as file, open(os.devnull, "wb") as nowhere:
        shutil.copyfileobj(file, nowhere)
    run([program, "--version"], {})


def why_not(error):
    """What kept it from being measured."""
    return (error.stderr or str(error)).strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
