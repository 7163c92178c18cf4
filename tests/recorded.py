"""Answers recorded from Pixi 0.77.0, and how the command line is held to them.

A case of `cases/recorded/shell.json` is a script in a folder of known files: what it prints, its
exit code, and the files it changes. One of `manifests.json` is a manifest: whether it is accepted
and what its environments are, or the line and column of the fault.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.sandbox import CommandLine, Result
from wisp.compat import ENV_COMPAT
from wisp.compat import RECORDED as RECORDED_RELEASE

RECORDED = Path(__file__).with_name("cases") / "recorded"
SHELL: dict[str, Any] = json.loads((RECORDED / "shell.json").read_text())
MANIFESTS: list[dict[str, Any]] = json.loads((RECORDED / "manifests.json").read_text())

#: The level of what was recorded.
LEVEL = {ENV_COMPAT: RECORDED_RELEASE}

_NOT_THE_SCRIPTS = {"pixi.toml", "pixi.lock", ".gitignore", ".gitattributes"}
_FACTS = (
    "name",
    "features",
    "solve_group",
    "dependencies",
    "pypi_dependencies",
    "platforms",
    "tasks",
    "channels",
)
_PLACE = re.compile(r"(?:pixi|pyproject)\.toml:(\d+):(\d+)\]")


def shell_answer(pixi: CommandLine, script: str, root: Path, tools: Path) -> dict[str, Any]:
    """Run a script as a task in a new folder `root`; `tools` gets a `python` for it."""
    _write(root, SHELL["files"])
    (root / "empty").mkdir()
    text = json.dumps(script, ensure_ascii=False).replace("\x7f", "\\u007f")
    head = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n\n'
    (root / "pixi.toml").write_text(f"{head}[tasks]\nt = {text}\n")
    tools.mkdir()
    (tools / "python").symlink_to(sys.executable)
    path = {"PATH": f"{tools}:/usr/bin:/bin"}
    done = pixi("run", "-q", "t", cwd=root, env=LEVEL | path, timeout=60)
    names = {str(root): "<DIR>", str(pixi.home.path): "<HOME>", str(tools): "<BIN>"}
    names[str(root.parent)] = "<OUT>"
    changed = _changes(root)
    return {
        "stdout": _neutral(done.stdout, names),
        "code": done.code,
        "files": {k: v if v is None else _neutral(v, names) for k, v in changed.items()},
    }


def manifest_answer(pixi: CommandLine, file: str, text: str, root: Path) -> dict[str, Any]:
    """Ask for the environments of a manifest in a new folder `root`."""
    root.mkdir()
    path = root / file
    path.write_bytes(text.encode())
    place = ("--manifest-path", str(path))
    env = LEVEL | {"COLUMNS": "200"}
    done = pixi("workspace", "environment", "list", *place, cwd=root, env=env)
    if done.code != 0:
        mark = _PLACE.search(done.stderr)
        return {"code": done.code, "at": [int(mark[1]), int(mark[2])] if mark else None}
    info = pixi("info", "--json", *place, cwd=root, env=env)
    return {"code": 0, "facts": _facts(info, root), "warns": "warn" in done.stderr.lower()}


def _facts(info: Result, root: Path) -> dict[str, Any]:
    told = json.loads(info.success().stdout.replace(str(root), "<DIR>"))
    project = told.get("project_info") or {}
    environments = [
        {key: one[key] for key in _FACTS if key in one} for one in told["environments_info"]
    ]
    for one in environments:
        for key in ("platforms", "tasks"):
            one[key] = sorted(one.get(key) or [], key=str)
    workspace = {key: project[key] for key in ("name", "version") if key in project}
    return {"workspace": workspace, "environments": environments}


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _changes(root: Path) -> dict[str, str | None]:
    """Files that are new or other than before, folders that are empty, None for what is gone."""
    known = SHELL["files"]
    found: dict[str, str | None] = {name: None for name in known if not (root / name).exists()}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".pixi") or name in _NOT_THE_SCRIPTS:
            continue
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            if name != "empty" and not any(path.iterdir()):
                found[f"{name}/"] = ""
        elif (text := path.read_text(errors="replace")) != known.get(name):
            found[name] = text
    return found


def _neutral(text: str, names: dict[str, str]) -> str:
    for path, name in names.items():
        text = text.replace(path, name)
    return text
