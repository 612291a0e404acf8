"""What is done while calls fail."""


def overwrite(world):
    world.version("three")


def remember(world):
    """Lets the index learn all copies."""
    world.done("status")


PDF = ["--project", "beta"]

# Stands for the id of the backup that the world has.
BACKUP = "BACKUP"

# Arguments, what is done before, and the project that is written to, if any.
OPERATIONS = {
    "status": (["--json", "--no-index", "status"], [], None),
    "status, indexed": (["--json", "status"], [remember], None),
    "show": (["--json", "--no-index", "show", "skill:pdf"], [], None),
    "projects": (["--json", "--no-index", "projects"], [], None),
    "diff": (["--json", "diff", "skill:pdf", *PDF], [], None),
    "doctor": (["--json", "doctor"], [], None),
    "hash": (["--json", "hash", "beta/.claude/skills/pdf"], [], None),
    "deploy": (["--json", "deploy", "pdf", "--project", "alpha"], [], "alpha"),
    "overwrite": (["--json", "deploy", "pdf", *PDF, "--force"], [overwrite], "beta"),
    "undeploy": (["--json", "undeploy", "pdf", *PDF, "--force"], [], "beta"),
    "restore": (["--json", "restore", BACKUP, "--force"], [], "beta"),
}
