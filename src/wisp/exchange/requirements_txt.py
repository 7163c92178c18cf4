"""Reading `requirements.txt` of pip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wisp.errors import ManifestError, Place
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.manifest.words import pypi_word
from wisp.patterns import pattern
from wisp.specs.operators import meant
from wisp.specs.pypi import PypiRequirement

_HASH = pattern(r"\s+--(?:hash|config-settings?|global-option)[= ]\S+")
_COMMENT = pattern(r"(^|\s)#.*")
_OPTION = pattern(r"(?P<name>--[a-z0-9-]+|-[a-zA-Z])[\s=]*(?P<value>.*)|-.*")
_FILES = frozenset({"-r", "--requirement"})
#: How files of requirements are called that others include.
_SUFFIXES = frozenset({".txt", ".in"})
_CONSTRAINTS = frozenset({"-c", "--constraint"})
_EDITABLE = frozenset({"-e", "--editable"})
_NO_CONSTRAINTS = (
    "Constraints detected in input file, but these are currently unsupported. Continuing without "
    "applying constraints..."
)
_EGG = pattern(r"[#&]egg=(?P<name>[A-Za-z0-9._-]+)")


class RequirementLines:
    """Collects what lines of pip ask for; `warnings` tells what was left out."""

    def __init__(self) -> None:
        self.requirements: list[PypiRequirement] = []
        self.warnings: dict[str, None] = {}
        self._open: list[Path] = []

    def read_file(self, file: Path, asked: Place | None = None) -> None:
        """Take a file and those it includes; `asked` is where another file names it.

        Raises `ManifestError`, with place, for what is no requirement, and for a file that cannot
        be read, that includes itself, or that is not called as such files are: it may be a secret
        of the user's, whose lines would be shown, or asked for as names of packages.
        """
        file = file.absolute()
        if asked is not None and not _SUFFIXES.issuperset((file.suffix, _end_of_links(file))):
            raise ManifestError(
                f"`{file}` is not included: files of requirements end in `.txt` or `.in`",
                hints=("rename it, or import it by itself",),
                place=asked,
            )
        if file in self._open:
            raise ManifestError(f"`{file.name}` includes itself", place=asked)
        try:
            text = read_text(file)
        except ManifestError as error:
            place = error.place or asked
            raise ManifestError(error.message, causes=error.causes, place=place) from None
        self._open.append(file)
        for line, number in _logical_lines(text):
            self.read_line(
                line, file.parent, Place(str(file), number, 1, length=len(line), text=text)
            )
        self._open.pop()

    def read_line(self, line: str, folder: Path, place: Place) -> None:
        """Take one line, without comment; relative paths start from `folder`."""
        option = _OPTION.fullmatch(line)
        if option is None:
            self._requirement(line, folder, place)
        elif option["name"] in _FILES | _CONSTRAINTS | _EDITABLE and not option["value"]:
            expected = "a path or an address" if option["name"] in _EDITABLE else "a file"
            raise ManifestError(f"`{line}` has nothing behind it, expected {expected}", place=place)
        elif option["name"] in _FILES:
            self.read_file(folder / option["value"].strip("\"' "), place)
        elif option["name"] in _CONSTRAINTS:
            self.warnings[_NO_CONSTRAINTS] = None
        elif option["name"] in _EDITABLE:
            self._unnamed(line, option["value"])
        else:
            self.warnings[f"the option `{line}` is ignored"] = None

    def _requirement(self, line: str, folder: Path, place: Place) -> None:
        word = _HASH.sub("", line)
        try:
            self.requirements.append(pypi_word(word, folder))
        except ManifestError as error:
            if _is_source(word):
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
    return ForeignEnvironment(pypi=tuple(lines.requirements), warnings=tuple(lines.warnings))


def _end_of_links(file: Path) -> str:
    """Return the ending of the name that a file really has; its own where links go in a circle."""
    try:
        return file.resolve().suffix
    except (OSError, RuntimeError, ValueError):  # which whoever reads it tells
        return file.suffix


def _is_requirement(word: str, folder: Path) -> bool:
    try:
        pypi_word(word, folder)
    except ManifestError:
        return False
    return True


def _is_source(word: str) -> bool:
    """Whether a word is a path or an address rather than a name with its versions."""
    return word.startswith((".", "/", "~", "file:", "git+", "http:", "https:")) or bool(
        re.match(r"[A-Za-z0-9_.-]+[/\\]", word)
    )


def _logical_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield lines without comments, continued ones joined, with the number of the first."""
    joined, start = "", 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        start = start or number
        joined += _COMMENT.sub("", line)
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        if joined.strip():
            yield joined.strip(), start
        joined, start = "", 0


def read_lines(words: Iterable[tuple[str, Place]], folder: Path) -> RequirementLines:
    """Take lines that stand in another file, each with its place."""
    lines = RequirementLines()
    for word, place in words:
        line = _COMMENT.sub("", word).strip()
        if line:
            lines.read_line(line, folder, place)
    return lines
