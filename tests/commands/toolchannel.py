"""A channel of small tools, for commands that install such."""

from __future__ import annotations

import json
from pathlib import Path

from tests.tiny import channel, tiny
from tools.forge.archive import Entry, text

SAY = '#!/bin/sh\necho {name} {version} "$@"\n'
SHOW = "#!/bin/sh\nexec env -0\n"
#: What a package's activation script sets, with every kind of trouble in it.
ODD = "line\nbreak \"q\" 'a' \\ $HOME `x` = ü"

#: An entry for the menu of the desktop.
MENU = """{
  "menu_name": "Tools",
  "menu_items": [{
    "name": "Desk", "description": "A desk", "activate": false,
    "command": ["{{ PREFIX }}/bin/desk"], "platforms": {"linux": {"Categories": ["Utility"]}}
  }]
}
"""
#: Milliseconds of September 2020 and of November 2023.
IN_2020, IN_2023 = 1_600_000_000_000, 1_700_000_000_000


def tool(name: str, version: str) -> Entry:
    return text(f"bin/{name}", SAY.format(name=name, version=version), executable=True)


def tool_channel(folder: Path) -> str:
    """Make the channel and return its URL."""
    script = "export TOOL_ODD='" + ODD.replace("'", "'\\''") + "'\n"
    packages = [
        tiny("say", "1.0", files=(tool("say", "1.0"), tool("old-say", "1.0"))),
        tiny("say", "2.0", "voice", files=(tool("say", "2.0"), tool("new-say", "2.0"))),
        tiny("voice", "1.0", files=(tool("voice", "1.0"),)),
        tiny(
            "show",
            "1.0",
            files=(
                text("bin/show", SHOW, executable=True),
                text("etc/conda/activate.d/show.sh", script),
                text("share/bash-completion/completions/show", "complete show\n"),
            ),
        ),
        tiny("desk", "1.0", files=(tool("desk", "1.0"), text("Menu/desk.json", MENU))),
        tiny("slow", "1.0", files=(text("bin/slow", SLOW, executable=True),)),
        tiny("slow", "2.0", files=(tool("slow", "2.0"),)),
        tiny("wants-nothing", "1.0", "no-such-package"),
        *(tiny(f"part-{n}", "1.0", files=(tool(f"part-{n}", "1.0"),)) for n in range(12)),
        tiny("many", "1.0", *(f"part-{n}" for n in range(12)), files=(tool("many", "1.0"),)),
    ]
    return channel(folder, packages).as_uri()


def dated_channel(folder: Path, *names: str) -> str:
    """Make a channel whose tools have a version 1.0 of 2020 and a 2.0 of 2023; give its URL."""
    packages = [
        tiny(name, version, files=(tool(name, version),))
        for name in names
        for version in ("1.0", "2.0")
    ]
    made = channel(folder, packages)
    for file in made.glob("*/repodata.json"):
        data = json.loads(file.read_text())
        for row in data["packages.conda"].values():
            row["timestamp"] = IN_2020 if row["version"] == "1.0" else IN_2023
        file.write_text(json.dumps(data))
    return made.as_uri()


#: Says that it runs, and ends when its input does.
SLOW = '#!/bin/sh\necho begun 1.0\nread -r line\necho "ended 1.0 $line"\n'
