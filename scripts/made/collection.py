"""A collection as SkillMeat keeps it."""

import os

MANIFEST = """[collection]
name = "default"
version = "1.0.0"
"""
ENTRY = """
[[artifacts]]
name = "{name}"
type = "{kind}"
path = "{path}"
origin = "local"
added = "2026-01-01T00:00:00"
"""


def write_manifest(home, entries):
    """Writes the manifest of the collection `default`, of artifacts by name, type and path; returns its directory."""
    directory = os.path.join(home, ".skillmeat/collections/default")
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "collection.toml"), "w") as file:
        file.write(MANIFEST + "".join(
            ENTRY.format(name=name, kind=kind, path=path) for name, kind, path in entries))
    return directory
