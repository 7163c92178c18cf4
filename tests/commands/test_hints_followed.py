"""Every hint that names a command is told where it belongs, followed to the word, and helps.

A situation is a file of `tests/cases/hints`. It names the `hints` it is about, as the file below
`src/wisp` and the text, in which `{}` stands for what the program fills in; lays out `files` and
symbolic `links`; does `before`, which succeeds; edits files by `replace` (`[file, pattern, text]`)
and `removes` some. Then it does `run`, which ends with `code` (1 unless said) and tells to do what
`advises` has, in that order. These commands (or those of them in `follow`) are run, with the words
of `fill` in place of words in capitals and after what `deletes` has is removed; and at last `then`,
by default `run` again, which has to succeed. `env` sets variables; `{channel}`, `{index}` and
`{host}` stand for the forge's server, `{work}` for the folder.

Hints whose situation needs more than that are in `tests/cases/hints.toml`, with the test that
brings it about.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tests.unit.test_met import require_test
from tools.forge.serve import Server

pytestmark = pytest.mark.forked

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "wisp"
SITUATIONS = ROOT / "tests" / "cases" / "hints"
ELSEWHERE = tomllib.loads(SITUATIONS.with_suffix(".toml").read_text("utf-8"))

#: A command in back quotes or below a line that announces it, as the program writes them.
_NAMES_COMMAND = re.compile(r"(?:`|\t|use )(?:pixi|wisp|\{\}) -{0,2}[a-z{]")
#: A text of more lines is a program, of which the line with the hint counts.
_LONG = 8
_TOLD = re.compile(r"`(?:wisp|pixi) ([^`]+)`|^\t(?:wisp|pixi) (.+)$", re.MULTILINE)


def situations() -> dict[str, dict[str, Any]]:
    """Read all situations by their names."""
    files = sorted(SITUATIONS.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in files}


def template(node: ast.AST) -> str | None:
    """Return the text that an expression writes, `{}` for what it fills in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return "".join(map(str, parts))
    return None


def hints_in(path: Path) -> Iterator[str]:
    """Find the texts of a module that name a command; docstrings and heads of files are none."""
    tree = ast.parse(path.read_text("utf-8"))
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            passed.add(body[0].value)
        if isinstance(node, ast.JoinedStr):
            passed.update(node.values)
    for node in ast.walk(tree):
        text = template(node) if node not in passed else None
        if text is None or text[:1] == "#" or not _NAMES_COMMAND.search(text):
            continue
        lines = text.splitlines()
        is_program = len(lines) > _LONG
        yield from filter(_NAMES_COMMAND.search, map(str.strip, lines)) if is_program else [text]


def test_every_hint_of_the_program_has_its_test() -> None:
    """A new hint with a command needs a situation here; one that is gone leaves no entry."""
    found = {
        (path.relative_to(SOURCES).as_posix(), text)
        for path in SOURCES.rglob("*.py")
        for text in hints_in(path)
    }
    followed = {tuple(hint) for case in situations().values() for hint in case["hints"]}
    tested = {(one["file"], one["text"]) for one in ELSEWHERE["hint"]}
    passed = {(one["file"], one["text"]) for one in ELSEWHERE["other"]}
    assert found - followed - tested - passed == set()
    assert (followed | tested | passed) - found == set()


@pytest.mark.parametrize("hint", ELSEWHERE["hint"], ids=lambda one: one["text"][:40])
def test_a_hint_that_is_tried_elsewhere_names_its_test(hint: dict[str, str]) -> None:
    require_test(hint["test"])


@pytest.mark.parametrize("name", situations())
def test_a_hint_helps_where_it_is_told(
    name: str, tmp_path: Path, wisp: CommandLine, forge_server: Server
) -> None:
    work = tmp_path / "w"
    text = _filled((SITUATIONS / f"{name}.toml").read_text("utf-8"), forge_server)
    case = tomllib.loads(text.replace("{work}", str(work)))
    work.mkdir()
    for file, content in case.get("files", {}).items():
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        (work / file).write_bytes(content.encode())
    for link, target in case.get("links", {}).items():
        (work / target).mkdir(exist_ok=True)
        (work / link).symlink_to(work / target)
    env = case.get("env", {})
    for command in case.get("before", ()):
        wisp(*shlex.split(command), cwd=work, env=env).success()
    for file, pattern, new in case.get("replace", ()):
        path = work / file
        changed, count = re.subn(pattern, new, path.read_text("utf-8"), flags=re.MULTILINE)
        assert count, f"{pattern} is not in {file}"
        path.write_text(changed, "utf-8")
    _remove(work, case.get("removes", ()))
    told = wisp(*shlex.split(case["run"]), cwd=work, env=env)
    assert told.code == case.get("code", 1), told.stdout + told.stderr
    assert advised(told.stdout + told.stderr) == case["advises"], told.stdout + told.stderr
    _remove(work, case.get("deletes", ()))
    for command in case.get("follow", case["advises"]):
        wisp(*words_of(command, case.get("fill", {})), cwd=work, env=env).success()
    again = [case["run"]] if case.get("code", 1) else []
    for command in case.get("then", again):
        done = wisp(*shlex.split(command), cwd=work, env=env).success()
        if "silent" in case:
            assert case["silent"] not in done.stdout + done.stderr
    for word in case.get("writes", ()):
        assert word in (work / "pixi.toml").read_text("utf-8")


def _remove(work: Path, names: Iterable[str]) -> None:
    for name in names:
        path = work / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def advised(text: str) -> list[str]:
    """Return the commands that an answer tells to run, without the program's name."""
    unbroken = re.sub(r"\n[ │]+", " ", text)
    return [re.sub(r"\s+", " ", one or other) for one, other in _TOLD.findall(unbroken)]


def words_of(command: str, fill: dict[str, str]) -> list[str]:
    """Split a command, with what a person would write in place of its words in capitals."""
    return [word for one in shlex.split(command) for word in shlex.split(fill.get(one, _as(one)))]


def _as(word: str) -> str:
    return shlex.quote(word)


def _filled(text: str, server: Server) -> str:
    named = {"channel": "main", "index": "simple"}
    for word, folder in named.items():
        text = text.replace(f"{{{word}}}", f"{server.url}/{folder}")
    return text.replace("{host}", server.url.partition("://")[2].partition(":")[0])
