"""What differs between the release of Pixi that was recorded and a newer one, case by case.

Each folder of `tests/cases/newer` has a `case.toml`: the release that brought a difference and the
pull request that it is told in (where that is known), its name in `wisp.compat`, files, a command,
and what comes of it `before` and `after` that release, or `always`, where the level decides none.
`CHANNEL` stands for a channel, `FOLDER` for the folder of the files; of the texts in `stdout`,
`stderr` and of files each line has to be there.
"""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from wisp.compat import DIFFERENCES, RELEASES

pytestmark = pytest.mark.forked

CASES = Path(__file__).parents[1] / "cases" / "newer"
KEYS = {"release", "pull", "difference", "about", "files", "command", "variables"}
KEYS |= {"before", "after", "always"}
#: What wants a server, and is tried in a module of its own.
ELSEWHERE = {
    "notices of channels are shown": "test_notices.py",
}
SIDES = {"code", "stdout", "stderr", "absent", "files"}


def cases() -> dict[str, dict[str, Any]]:
    return {
        folder.name: tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        for folder in sorted(CASES.iterdir())
    }


@pytest.mark.parametrize(("name", "case"), cases().items(), ids=list(cases()))
def test_a_case_says_what_it_follows(name: str, case: dict[str, Any]) -> None:
    assert case.keys() <= KEYS | {"difference"}, name
    assert case["release"] in RELEASES[1:] or "always" in case
    assert isinstance(case.get("pull", 1), int)
    before, after = sides(case)
    assert before.keys() | after.keys() <= SIDES
    assert (before == after) is ("always" in case)


def test_every_difference_has_a_case_of_its_release() -> None:
    differing = [case for case in cases().values() if "always" not in case]
    found = {case["difference"]: case["release"] for case in differing}
    assert all((Path(__file__).parent / name).is_file() for name in ELSEWHERE.values())
    assert found.keys().isdisjoint(ELSEWHERE)
    assert found == {one: DIFFERENCES[one] for one in DIFFERENCES.keys() - ELSEWHERE.keys()}


def sides(case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    always = case.get("always", {})
    return case.get("before", always), case.get("after", always)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("name", cases())
def test_the_answer_is_that_of_the_release(
    wisp: CommandLine, forge: Forge, tmp_path: Path, name: str, side: str
) -> None:
    case = cases()[name]
    folder = tmp_path / "here"
    folder.mkdir()

    def meant(text: str) -> str:
        return text.replace("CHANNEL", forge.url).replace("FOLDER", str(folder))

    for file, text in case.get("files", {}).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(meant(text))
    release = case["release"] if "always" not in case else RELEASES[-1]
    level = release if side == "after" else RELEASES[RELEASES.index(release) - 1]
    if "always" in case and side == "before":
        level = RELEASES[0]
    variables = {name: meant(text) for name, text in case.get("variables", {}).items()}
    env = {"WISP_PIXI_COMPAT": level} | variables
    expected = sides(case)[side == "after"]
    for command in case["command"]:
        done = wisp(*shlex.split(meant(command)), cwd=folder, env=env)
    assert done.code == expected.get("code", 0), done.stderr
    for stream in ("stdout", "stderr"):
        for line in meant(expected.get(stream, "")).splitlines():
            assert line in getattr(done, stream)
    for line in meant(expected.get("absent", "")).splitlines():
        assert line not in done.stdout + done.stderr
    for file, text in expected.get("files", {}).items():
        for line in meant(text).splitlines():
            assert line in (folder / file).read_text()
