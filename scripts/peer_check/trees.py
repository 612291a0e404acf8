"""Random directory trees, with everything a content hash can stumble over."""

import os

NAMES = ["a", "b", "c", "A", "Z", "z", "a b", "a!", "a-b", "a.b", "a0", "a\\b", "new\nline", "[x]", "~", "#",
         ".hidden", ".DS_Store", "__pycache__", "node_modules", ".git", "SKILL.md", "README.md",
         "\u00e9", "e\u0301", "\u00fc", "\u65e5\u672c", "\uff5e", "\U00010000", "\U0001f980", "x" * 200]
KINDS = {"file": 40, "dir": 25, "file link": 8, "outside link": 5, "dir link": 5, "outside dir link": 3,
         "dangling link": 4, "loop": 2, "fifo": 4, "not utf-8": 1}


def contents(rng):
    return rng.choice([
        lambda: b"",
        lambda: b"hello\n",
        lambda: b"line one\r\nline two\r\n",
        lambda: "na\u00efve \u2713\n".encode(),
        lambda: rng.randbytes(rng.randint(1, 60)),
        lambda: rng.randbytes(rng.randint(8000, 40000)),
    ])()


def make(rng, folder):
    """A tree in `folder`/tree with things beside it to point at; returns the paths to hash, all below `folder`."""
    root, outside = os.path.join(folder, "tree"), os.path.join(folder, "outside")
    os.makedirs(os.path.join(outside, "deep"))
    for name in ("file", "deep/file"):
        write(os.path.join(outside, name), contents(rng))
    os.mkdir(root)
    entries = []
    grow(rng, root, outside, rng.randint(0, 4), entries)
    plain = [path for path in entries if not set("\n\\") & set(path) and path.isprintable()]
    return [root] + rng.sample(plain, min(len(plain), 2))


def grow(rng, folder, outside, depth, entries):
    for name in rng.sample(NAMES, rng.randint(0, 7)):
        path = os.path.join(folder, name)
        kind = rng.choices(list(KINDS), KINDS.values())[0]
        real = [entry for entry in entries if not os.path.islink(entry)]
        inside = [entry for entry in real if os.path.isdir(entry) == (kind == "dir link")]
        if kind == "dir":
            os.mkdir(path)
            if depth > 0:
                grow(rng, path, outside, depth - 1, entries)
        elif kind in ("file link", "dir link") and inside:
            os.symlink(os.path.relpath(rng.choice(inside), folder), path)
        elif kind == "outside link":
            os.symlink(os.path.join(outside, "file"), path)
        elif kind == "outside dir link":
            os.symlink(os.path.relpath(os.path.join(outside, "deep"), folder), path)
        elif kind == "dangling link":
            os.symlink("nowhere", path)
        elif kind == "loop":
            os.symlink(name, path)
        elif kind == "fifo":
            os.mkfifo(path)
        else:
            path += "\udcff" if kind == "not utf-8" else ""
            write(path, contents(rng))
        entries.append(path)


def write(path, data):
    with open(path, "wb") as handle:
        handle.write(data)
