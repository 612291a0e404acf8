"""The resident set of the service, before and after questions for what does not exist. See scripts/bench memory."""

import argparse
import json
import re
import sys
import urllib.parse

from figures import Figures
from service import Service, deployments
from testbed import tree
from wrk import wrk

UNIT = "packaging/systemd/skillstatd.service"
SHAPE = {"projects": 500, "artifacts": 11, "deploy_fraction": 1, "files_per_skill": 3, "noise_files": 2000, "seed": 1}

# Names that nobody has, each asked for in three ways; never the same one twice.
UNKNOWN = """
local number, run = 0, "%s"
request = function()
    number = number + 1
    local how = ({"?include_deployments=true", "", "?collection=default&include_deployments=true"})[number %% 3 + 1]
    return wrk.format("GET", "/api/v1/artifacts/skill:none-" .. run .. "-" .. number .. how)
end
"""


def main():
    parser = argparse.ArgumentParser()
    for name in ("skillstat", "testbed", "scratch"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--questions", type=int, default=1_000_000)
    options = parser.parse_args()

    root, expected = tree(options, "tree", **SHAPE)
    copies = expected["counts"]["deployments"]
    figures = Figures()
    print(f"{len(expected['projects'])} projects, {copies} copies")
    with Service(options, root) as service:
        tell_memory(figures, service, "from a shell")
    with open(UNIT) as unit:
        variables = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit.read(), re.MULTILINE))
    with Service(options, root, **variables) as service:
        tell_memory(figures, service, "with the variables of its unit", 40)
        # The first tenth brings the memory of each connection, and of the answers under way.
        ask_unknown(options, service, "first", options.questions // 10)
        before = service.memory()
        asked = ask_unknown(options, service, "then", options.questions)
        after = service.memory()
        print(f"{asked} questions for names that do not exist: {before:.2f} MB before, {after:.2f} MB after")
        # Pages that come and go with the connections.
        figures.tell("growth, MB", after - before, 1)
        figures.tell("VmHWM, MB", service.memory("VmHWM"))
    return figures.exit_code()


def tell_memory(figures, service, how, goal=None):
    service.settled()
    figures.tell(f"VmRSS {how}, when everything is known, MB", service.memory())
    ask_everything(service)
    figures.tell(f"VmRSS {how}, when everything was asked for, MB", service.memory(), goal)


def ask_everything(service):
    for artifact in service.artifacts():
        service.get(deployments(artifact))
        service.get(f"/api/v1/artifacts/{artifact}")
    service.get("/api/v1/artifacts?include_deployments=true&limit=500")
    after = ""
    while True:
        page = json.loads(service.get(f"/api/v1/projects?limit=100{after}"))
        for project in page["items"]:
            service.get("/api/v1/projects/" + urllib.parse.quote(project["id"], safe=""))
            service.get("/api/v1/deploy?project_path=" + urllib.parse.quote(project["path"], safe=""))
        if not page["page_info"]["has_next_page"]:
            return
        after = "&after=" + urllib.parse.quote(page["page_info"]["end_cursor"], safe="")


def ask_unknown(options, service, run, questions):
    """Asks at least so many; returns how many."""
    asked = 0
    while asked < questions:
        script = UNKNOWN % f"{run}-{asked}"
        figures = wrk(options, service.url, seconds=5, connections=32, script=script)
        if figures["refused"] != figures["requests"]:
            raise RuntimeError("some of these names exist")
        asked += figures["requests"]
    return asked


sys.exit(main())
