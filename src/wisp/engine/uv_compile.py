"""Resolve PyPI requirements with uv: write its input files, run it, read its lock.

What is asked is decided by `wisp.solve`; here it only becomes files, options and an answer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from wisp.engine.git_logins import GitLogins
from wisp.engine.mirrors import TextMirrors
from wisp.engine.process import ProcessResult
from wisp.engine.pylock import PylockPackage, parse_pylock
from wisp.engine.uv import Uv
from wisp.values import dataclass, field

_PREVIOUS = "pylock.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileQuestion:
    """What uv is asked, as texts: input files and options. Equal questions have equal answers.

    `pyproject` holds what requirement lines cannot say (the index or git reference of one
    package), `previous` a lock whose versions are kept where possible, `upgrade` the names that
    are exempt from that, `variables` pairs of environment variables, `indexes` the addresses of
    those that `pyproject` names.
    """

    requirements: str = ""
    pyproject: str | None = None
    constraints: str = ""
    overrides: str = ""
    previous: str | None = None
    upgrade: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompileAnswer:
    """The packages uv chose and, where it was asked, the index each came from by name."""

    packages: tuple[PylockPackage, ...]
    indexes: Mapping[str, str] = field(default_factory=dict)


def compile_requirements(
    uv: Uv, question: CompileQuestion, python: Path, *, annotate: bool = False
) -> CompileAnswer:
    """Let uv resolve, with `python` building what has to be built.

    `annotate` asks, from the cache, a second time: which index did each package come from? uv's
    lock does not say. Raises `UvError` when uv finds no solution.
    """
    with tempfile.TemporaryDirectory(prefix="wisp-resolve-") as name:
        folder, logins = Path(name), GitLogins(uv.environment)
        arguments = [
            *_inputs(folder, question, uv.mirrors, logins),
            "--python",
            str(python),
            *question.options,
        ]
        arguments.append("--no-header")
        if not uv.reporter.watched:
            arguments.append("--quiet")
        variables = dict(question.variables) | logins.variables(folder)
        output = folder / _PREVIOUS
        lock = ["--format", "pylock.toml", "--output-file", str(output)]
        asked = partial(uv.run, cwd=folder, variables=variables, beside=question.indexes)
        asked([*arguments, *lock])
        text = uv.mirrors.back(output.read_text(encoding="utf-8"))
        packages = parse_pylock(text, folder)
        if not annotate:
            return CompileAnswer(packages)
        return CompileAnswer(packages, _indexes(uv, asked, arguments, folder, packages))


def _inputs(
    folder: Path, question: CompileQuestion, mirrors: TextMirrors, logins: GitLogins
) -> list[str]:
    arguments = ["pip", "compile"]
    for name, text, flag in (
        ("pyproject.toml", question.pyproject, None),
        ("requirements.in", question.requirements, None),
        ("held.txt", question.constraints, "--constraints"),
        ("overrides.txt", question.overrides, "--overrides"),
    ):
        if text:
            asked = logins.taken_out(_inert(mirrors.there(text)))
            (folder / name).write_text(asked, encoding="utf-8")
            arguments += [flag, name] if flag else [name]
    if question.previous:
        (folder / _PREVIOUS).write_text(question.previous, encoding="utf-8")
        for package in question.upgrade:
            arguments += ["--upgrade-package", package]
    return arguments


def _inert(text: str) -> str:
    """Spell addresses so that uv puts no variable of the user's in, as it does for `${NAME}`.

    What stands for the brace is what readers of URLs make of it in a path; nothing else that is
    asked of uv has one behind a dollar.
    """
    return text.replace("${", "$%7B")


def _indexes(
    uv: Uv,
    asked: Callable[[list[str]], ProcessResult],
    arguments: list[str],
    folder: Path,
    packages: tuple[PylockPackage, ...],
) -> dict[str, str]:
    """Ask for the same solution in the format that names indexes, as comments below each line."""
    pins = "".join(f"{p.name}=={p.version}\n" for p in packages if p.version and not p.archive)
    (folder / "pins.txt").write_text(pins, encoding="utf-8")
    options = ["--constraints", "pins.txt", "--emit-index-annotation", "--no-annotate"]
    done = asked([*arguments, *options, "--format", "requirements.txt"])
    indexes: dict[str, str] = {}
    name = ""
    for line in done.stdout.splitlines():
        if line.startswith("    # from "):
            index = line.removeprefix("    # from ").strip()
            indexes[name] = uv.mirrors.back(f'"{index}"')[1:-1]
        elif line and not line.startswith((" ", "#")):
            name = line.partition("==")[0].partition("[")[0].strip()
    return indexes
