#!/usr/bin/env python3
"""List the subjects of all commits since the last tag, oldest first."""

import subprocess


def git(*args):
    return subprocess.run(["git", *args], capture_output=True, text=True, check=True).stdout.strip()


tags = git("tag", "--merged", "HEAD", "--sort=-creatordate").splitlines()
span = f"{tags[0]}..HEAD" if tags else "HEAD"
print(git("log", "--reverse", "--no-merges", "--format=%h %s", span))
