"""Reading `requirements.txt` of pip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wisp.errors import ManifestError, Place
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.exchange.included import trust_in
from wisp.manifest.words import pypi_word
from wisp.patterns import pattern
from wisp.printable import few
from wisp.specs.operators import meant
from wisp.specs.pypi import PypiRequirement

_HASH = pattern(r"(?<!\s)\s+--(?:hash|config-settings?|global-option)[= ]\S+")
_COMMENT = pattern(r"(^|\s)#.*")
#: What a name alone is, and many a secret.
_WORD = pattern(r"[\w.-]+")
_OPTION = pattern(r"(?P<name>--[a-z][a-z0-9-]*|-[a-zA-Z])[\s=]*(?P<value>.*)|-.*")
#: So many files may include each other in a row.
_DEEPEST = 50
_FILES = frozenset({"-r", "--requirement"})
_CONSTRAINTS = frozenset({"-c", "--constraint"})
_EDITABLE = frozenset({"-e", "--editable"})
_NO_CONSTRAINTS = (
    "Constraints detected in input file, but these are currently unsupported. Continuing without "
    "applying constraints..."
)
_PLACES = (".", "/", "file:", "git+", "http:", "https:")
_EGG = pattern(r"[#&]egg=(?P<name>[A-Za-z0-9._-]+)")


class RequirementLines:
    """Collects what lines of pip ask for; `warnings` tells what was left out. No file counts twice.

    `odd` says that of lines that are passed over one has not even the form of an option, `plain`
    that no line is more than a word.
    """

    def __init__(self) -> None:
        self.requirements: list[PypiRequirement] = []
        self.warnings: dict[str, None] = {}
        self.odd = False
        self.plain = True
        self._open: list[Path] = []
        self._known: set[str] = set()

    def read_file(self, file: Path) -> None:
        """Take a file that the user names, and those that it includes.

        Raises `ManifestError`, with place, for what is no requirement, and for a file that cannot
        be read, that includes itself, or that may not be included (`trust_in`).
        """
        self._read(file.absolute(), None)

    def _include(self, name: str, folder: Path, asked: Place) -> None:
        if "://" in name:
            raise ManifestError(
                f"`{name}` is not included: only files of this machine are",
                hints=("download it, and name the file",),
                place=asked,
            )
        file = (folder / name).absolute()
        trust = trust_in(file, self._open[0].parent if self._open else folder)
        if trust is None:
            raise ManifestError(
                f"`{file}` is not included: it is not called as a file of requirements, and is "
                "hidden or lies in another folder",
                hints=("rename it to end in `.txt` or `.in`, or import it by itself",),
                place=asked,
            )
        if trust == "called so":
            self._read(file, asked)
            return
        inner = RequirementLines()
        inner._open, inner._known = self._open, self._known
        try:
            inner._read(file, asked)
        except ManifestError as error:
            if error.place == asked:
                raise
            raise _no_requirements(file, asked) from None
        if inner.odd:
            raise _no_requirements(file, asked)
        if inner.plain and inner.requirements:
            raise ManifestError(
                f"`{file}` is not included: it holds words alone, which may as well be a secret",
                hints=("rename it to end in `.txt` or `.in`, or import it by itself",),
                place=asked,
            )
        self.requirements += inner.requirements
        self.warnings |= inner.warnings

    def _read(self, file: Path, asked: Place | None) -> None:
        try:
            text = read_text(file, named=asked is None)
        except ManifestError as error:
            place = asked or error.place
            raise ManifestError(error.message, causes=error.causes, place=place) from None
        real = os.path.realpath(file)
        if real in map(os.path.realpath, self._open):
            raise ManifestError(f"`{file.name}` includes itself", place=asked)
        if len(self._open) > _DEEPEST:
            raise ManifestError("files are included too deeply", place=asked)
        if real in self._known:
            return
        self._known.add(real)
        self._open.append(file)
        for line, number in _logical_lines(text):
            self.read_line(
                line, file.parent, Place(str(file), number, 1, length=len(line), text=text)
            )
        self._open.pop()

    def read_line(self, line: str, folder: Path, place: Place) -> None:
        """Take one line, without comment; relative paths start from `folder`."""
        self.plain &= _WORD.fullmatch(line) is not None
        option = _OPTION.fullmatch(line)
        if option is None:
            self._requirement(line, folder, place)
        elif option["name"] in _FILES | _CONSTRAINTS | _EDITABLE and not option["value"]:
            expected = "a path or an address" if option["name"] in _EDITABLE else "a file"
            raise ManifestError(f"`{line}` has nothing behind it, expected {expected}", place=place)
        elif option["name"] in _FILES:
            self._include(option["value"].strip("\"' "), folder, place)
        elif option["name"] in _CONSTRAINTS:
            self.warnings[_NO_CONSTRAINTS] = None
        elif option["name"] in _EDITABLE:
            self._unnamed(line, option["value"])
        else:
            self.odd |= option["name"] is None
            self.warnings[f"the option `{line}` is ignored"] = None

    def _requirement(self, line: str, folder: Path, place: Place) -> None:
        word = _HASH.sub("", line)
        try:
            self.requirements.append(pypi_word(word, folder))
        except ManifestError as error:
            if _is_source(word):
                self.odd |= not word.startswith(_PLACES)
                self._unnamed(line, word)
                return
            message = error.message if word in error.message else f"`{word}`: {error.message}"
            hints = error.hints or meant(word, lambda text: _is_requirement(text, folder))
            raise ManifestError(message, hints=hints, place=place) from None

    def _unnamed(self, line: str, source: str) -> None:
        """Pass over a source without a name, which a manifest needs."""
        egg = _EGG.search(source)
        name = egg["name"] if egg else "NAME"
        self.warnings[
            f"`{line}` names no package and is skipped; add it with "
            f"`pixi add --pypi '{name} @ {source.strip()}'`"
        ] = None


def read_requirements_txt(file: Path) -> ForeignEnvironment:
    """Read a `requirements.txt` and the files that it includes.

    Raises `ManifestError`, with its place, for what is no requirement.
    """
    lines = RequirementLines()
    lines.read_file(file)
    return ForeignEnvironment(
        pypi=tuple(lines.requirements), warnings=tuple(few([*lines.warnings]))
    )


def _no_requirements(file: Path, asked: Place) -> ManifestError:
    return ManifestError(
        f"`{file}` is not included: it holds more than requirements",
        hints=("import it by itself to be shown which line is none",),
        place=asked,
    )


def _is_requirement(word: str, folder: Path) -> bool:
    try:
        pypi_word(word, folder)
    except ManifestError:
        return False
    return True


def _is_source(word: str) -> bool:
    """Whether a word is a path or an address rather than a name with its versions."""
    return word.startswith((*_PLACES, "~")) or bool(re.match(r"[A-Za-z0-9_.-]+[/\\]", word))


def _logical_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield lines without comments, continued ones joined, with the number of the first."""
    parts: list[str] = []
    start = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        start = start or number
        plain = _COMMENT.sub("", line)
        parts.append(plain.removesuffix("\\"))
        if plain.endswith("\\"):
            continue
        if joined := "".join(parts).strip():
            yield joined, start
        parts, start = [], 0


def read_lines(words: Iterable[tuple[str, Place]], folder: Path) -> RequirementLines:
    """Take lines that stand in another file, each with its place."""
    lines = RequirementLines()
    for word, place in words:
        line = _COMMENT.sub("", word).strip()
        if line:
            lines.read_line(line, folder, place)
    return lines
