"""The names that locked packages go by: in package URLs, in match specs, as the Python of a lock.

Sources: the purl specification (`pkg:pypi/NAME@VERSION?KEY=VALUE#PATH`), CEP 29 (match specs),
PEP 503 (names), PEP 3149 (tags of an ABI).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import unquote

from wisp.patterns import pattern
from wisp.specs.inside import is_plain_name
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, Record
from wisp.values import dataclass

PYPI_PURL = "pkg:pypi/"

_NAME = pattern(r"[\w.-]+")
_FREE_THREADED = pattern(r"cp\d+t")


def pypi_names(purls: Iterable[str] | None) -> tuple[str, ...]:
    """Return the normalised PyPI names among package URLs; those of other kinds do not count."""
    return tuple(
        name for purl in purls or () if purl.startswith(PYPI_PURL) and (name := _pypi_name(purl))
    )


@cache
def _pypi_name(purl: str) -> str:
    text = purl.removeprefix(PYPI_PURL)
    for end in "#?@":
        text = text.partition(end)[0]
    name = normalize(unquote(text))
    return name if is_plain_name(name) else ""


def served_names(records: Iterable[Record]) -> Mapping[str, CondaRecord]:
    """Map the PyPI names that conda packages stand for to the packages; the last one wins."""
    return {
        name: record
        for record in records
        if isinstance(record, CondaRecord)
        for name in pypi_names(record.purls)
    }


@cache
def spec_name(text: str) -> str:
    """Return the package name of a match spec, in lower case, without parsing the rest.

    Empty where there is none, as in `[license=MIT]`.
    """
    head = text.partition("[")[0].rpartition("::")[2]
    match = _NAME.match(head.lstrip())
    return match[0].lower() if match else ""


@dataclass(frozen=True, slots=True)
class Python:
    """The Python of an environment: its version, and its ABI where it is not the usual one."""

    version: str
    abi: str | None = None


def python_of(records: Iterable[Record]) -> Python | None:
    """Find the Python among locked packages, None if there is none.

    Builds for a free-threaded Python name its ABI between underscores (`h1_0_cp313t`).
    """
    for record in records:
        if record.name == "python" and isinstance(record, CondaRecord):
            parts = filter(_FREE_THREADED.fullmatch, record.build.split("_"))
            return Python(record.version, next(parts, None))
    return None
