"""Bad input of every kind: one clear error, the right exit code, and nothing changed.

Each folder of `tests/cases/faults` holds the `files` of a workspace and a `case.toml`:

- `command`, `code` (1 unless said), `stderr`: texts that must be there, in any order;
- `before`: commands that come first and succeed; `replace`: edits of files after them, as
  `[file, pattern, text]`; `env`: variables; `offline = true`: no host can be reached;
- `cold = true`: nothing was fetched before the case, as where no host can be reached;
- `prefix = true`: the prefix may be left half done, to be repaired by the next command.

In all of them `{channel}` and `{index}` stand for the forge's channel and index over HTTP.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tests.trees import content, differences
from tools.forge.build import Forge
from tools.forge.serve import Server

CASES = Path(__file__).parents[1] / "cases" / "faults"
_FOLDERS = {".pixi", ".pixi/.gitignore", ".pixi/.condapackageignore", ".pixi/envs"}
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")

pytestmark = [pytest.mark.slow, pytest.mark.forked]


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.iterdir()))
def test_fault(
    name: str,
    tmp_path: Path,
    wisp: CommandLine,
    cold_wisp: CommandLine,
    forge: Forge,
    forge_server: Server,
) -> None:
    case = _filled((CASES / name / "case.toml").read_text(), forge_server)
    data = tomllib.loads(case)
    if data.get("cold") or data.get("offline"):
        wisp = cold_wisp
    workspace = tmp_path / "ws"
    workspace.mkdir()
    for file in (CASES / name / "files").rglob("*"):
        if file.is_file():
            target = workspace / file.relative_to(CASES / name / "files")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(file.read_text(), forge_server))
    for command in data.get("before", ()):
        wisp(*command, cwd=workspace).success()
    for file, pattern, text in data.get("replace", ()):
        path = workspace / file
        new, count = re.subn(pattern, text, path.read_text(), flags=re.MULTILINE)
        assert count, f"{pattern} is not in {file}"
        path.write_text(new)
    if data.get("offline"):
        forge_server.stop()
    before = content(workspace)
    done = wisp(*data["command"], cwd=workspace, env=_variables(data))
    assert done.code == data.get("code", 1), done.stderr
    for text in data["stderr"]:
        assert text in _flowing(done.stderr), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert len(re.findall("^Error:", done.stderr, re.MULTILINE)) == (done.code == 1), done.stderr
    changed = differences(content(workspace), before)
    assert [path for path in changed if not _may_change(path, data)] == []


def _may_change(path: str, data: dict[str, Any]) -> bool:
    """Folders of ours may appear; a prefix may be half done where the case says so."""
    return path in _FOLDERS or (data.get("prefix", False) and path.startswith(".pixi/envs/"))


def _filled(text: str, server: Server) -> str:
    return text.replace("{channel}", f"{server.url}/main").replace(
        "{index}", f"{server.url}/simple"
    )


def _variables(data: dict[str, Any]) -> dict[str, str]:
    given: dict[str, str] = data.get("env", {})
    return (NOWHERE if data.get("offline") else {}) | given


def _flowing(text: str) -> str:
    """Take the margins of causes and hints away."""
    return re.sub(r"\n[ │]*", " ", text)
