"""Reading `environment.yml` of conda and `requirements.txt` of pip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wisp.errors import LockFileError, ManifestError, Place
from wisp.lock.yaml import parse
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement
from wisp.values import dataclass, field, replace

#: What conda's `defaults` stands for.
_DEFAULTS = ("main", "r", "msys2")
_SELECTOR = "sel("
_HASH = re.compile(r"\s+--hash[= ]\S+")
_COMMENT = re.compile(r"(^|\s)#.*")
_IGNORED_OPTIONS = ("-c", "--constraint")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEnvironment:
    """What a file of another tool asks for. `channels` is empty where it names none."""

    name: str | None = None
    channels: tuple[str, ...] = ()
    conda: tuple[CondaRequirement, ...] = ()
    pypi: tuple[PypiRequirement, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_conda_environment(text: str, file: Path) -> ForeignEnvironment:
    """Read an `environment.yml`.

    Raises `ManifestError` when the text is no YAML of that shape, or a requirement is wrong.
    """
    try:
        data = parse(text, str(file))
    except LockFileError as error:
        raise ManifestError(
            f"`{file}` is not YAML that can be read", place=error.place, causes=error.causes
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("dependencies", []), list):
        raise ManifestError(f"`{file}` is not an environment file of conda")
    items = data.get("dependencies") or []
    warnings = [
        f"the line `{item}` has a selector and is skipped" for item in items if _selected(item)
    ]
    conda = tuple(
        conda_word(item) for item in items if isinstance(item, str) and not _selected(item)
    )
    pypi = tuple(
        pypi_word(item, file.parent)
        for group in items
        if isinstance(group, dict)
        for item in group.get("pip") or ()
    )
    variables = {name: _as_text(value) for name, value in (data.get("variables") or {}).items()}
    return ForeignEnvironment(
        name=data.get("name"),
        channels=_channels(data.get("channels") or (), conda),
        conda=conda,
        pypi=pypi,
        variables=variables,
        warnings=tuple(warnings),
    )


def read_requirements_txt(file: Path) -> ForeignEnvironment:
    """Read a `requirements.txt` and the files that it includes.

    Raises `ManifestError` when a file cannot be read or a requirement is wrong or has no name.
    """
    found = ForeignEnvironment()
    for line, number in _logical_lines(_read(file)):
        place = Place(str(file), number, 1, text=line)
        option, _, value = line.partition("=" if line.startswith("--") and "=" in line else " ")
        if option in {"-r", "--requirement"}:
            included = read_requirements_txt(file.parent / value.strip())
            found = replace(
                found,
                pypi=found.pypi + included.pypi,
                warnings=found.warnings + included.warnings,
            )
        elif option in _IGNORED_OPTIONS:
            found = _warned(found, f"constraints are not supported, `{line}` is ignored")
        elif option in {"-e", "--editable"}:
            raise ManifestError(f"the requirement `{line}` has no name", place=place)
        elif option.startswith("-"):
            found = _warned(found, f"the option `{line}` is ignored")
        else:
            found = replace(found, pypi=(*found.pypi, _requirement(line, file, place)))
    return found


def _requirement(line: str, file: Path, place: Place) -> PypiRequirement:
    try:
        return pypi_word(_HASH.sub("", line), file.parent)
    except ManifestError as error:
        raise ManifestError(error.message, hints=error.hints, place=place) from None


def _warned(found: ForeignEnvironment, warning: str) -> ForeignEnvironment:
    return replace(found, warnings=(*found.warnings, warning))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"could not read `{file}`", causes=[str(error)]) from error


def _logical_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield lines without comments, continued ones joined, with the number of the first."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        joined += _COMMENT.sub("", line)
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        if joined.strip():
            yield joined.strip(), start
        joined, start = "", 0


def _selected(item: Any) -> bool:
    """Tell whether a dependency has a selector of conda-lock or conda-devenv in front."""
    words = item if isinstance(item, dict) else {item: None}
    return any(str(word).lstrip().startswith(_SELECTOR) for word in words)


def _channels(written: Sequence[str], conda: Sequence[CondaRequirement]) -> tuple[str, ...]:
    found: list[str] = []
    for channel in written:
        found += _DEFAULTS if channel == "defaults" else [channel]
    found += [one.spec.channel for one in conda if one.spec.channel is not None]
    return tuple(dict.fromkeys(found))


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
