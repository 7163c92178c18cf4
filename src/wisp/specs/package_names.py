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
from wisp.specs.records import CondaRecord, LockedConda, Record
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    C = TypeVar("C", bound=LockedConda)

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
    """Map the PyPI names that conda packages stand for to the packages (see `providers`)."""
    conda = (record for record in records if isinstance(record, CondaRecord))
    return providers((record, pypi_names(record.purls)) for record in conda)


def providers(claims: Iterable[tuple[C, Iterable[str]]]) -> dict[str, C]:
    """Map PyPI names to the conda packages that claim them.

    A map that knows a channel's names alone, not its archives, gives a package all that one of
    its builds ever brought along: `six` to `bleach`. So the package of the very name comes first;
    among others the last one wins.
    """
    found: dict[str, C] = {}
    for record, names in claims:
        for name in names:
            other = found.get(name)
            if other is None or normalize(other.name) != name:
                found[name] = record
    return found


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
