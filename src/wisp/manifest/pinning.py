"""Which constraint is written for a package that was asked for without a version.

The constraint is computed over all versions that were locked for it: the lowest is the lower
bound, the highest decides the upper one. Versions are conda's (CEP on version order): an epoch,
segments of numbers and words, and a local part; PyPI versions are read by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable

from wisp.patterns import pattern
from wisp.specs.match import version_of
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    PinningStrategy = Literal["semver", "minor", "major", "latest-up", "exact-version", "no-pin"]


#: Packages whose minor releases break things, pinned to the minor version unless told otherwise.
MINOR_BY_DEFAULT = frozenset(
    "python rust julia gcc gxx gfortran nodejs deno r r-base perl".split()  # noqa: SIM905
)

_COMPONENT = pattern(r"(?i)[0-9]+|[a-z]+")
_SEPARATOR = pattern(r"([._-])")
_KEPT_WORDS = frozenset({"dev", "post"})
Component = int | str


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of a version between separators, with the separator before it."""

    separator: str
    text: str

    @property
    def components(self) -> tuple[Component, ...]:
        """Numbers and words; a word in front stands behind an implied zero."""
        parts = _COMPONENT.findall(self.text)
        found = tuple(int(part) if part.isdecimal() else part.lower() for part in parts)
        return (0, *found) if found and isinstance(found[0], str) else found

    @property
    def is_zero(self) -> bool:
        """Whether nothing but zeros stands in it."""
        return all(component == 0 for component in self.components)

    def bumped(self) -> _Segment:
        """Raise the last number; a word becomes the earliest of all, `a`."""
        parts: list[str] = _COMPONENT.findall(self.text)
        if not parts or not parts[0].isdecimal():
            parts.insert(0, "0")
        last = max(index for index, part in enumerate(parts) if part.isdecimal())
        implied = not self.text[:1].isdecimal() and last > 0
        for index, part in enumerate(parts):
            if index == last:
                parts[index] = str(int(part) + 1)
            elif not part.isdecimal() and part.lower() not in _KEPT_WORDS:
                parts[index] = "a"
        return _Segment(self.separator, "".join(parts[1:] if implied else parts))


@dataclass(frozen=True, slots=True)
class _Version:
    epoch: str
    segments: tuple[_Segment, ...]
    local: str

    @classmethod
    def parse(cls, text: str) -> _Version:
        epoch, mark, rest = text.rpartition("!")
        public, _, local = rest.partition("+")
        pieces = _SEPARATOR.split(public)
        separators = ["", *pieces[1::2]]
        segments = tuple(map(_Segment, separators, pieces[::2]))
        return cls(epoch + mark, segments, local)


def pin(versions: Iterable[str], strategy: PinningStrategy) -> str:
    """Return the constraint over locked versions, in conda's spelling; `*` if there are none."""
    ordered = sorted(set(versions), key=version_of)
    if not ordered or strategy == "no-pin":
        return "*"
    if strategy == "exact-version":
        return "|".join(f"=={version}" for version in ordered)
    lowest, highest = ordered[0], ordered[-1]
    if strategy == "latest-up":
        return f">={lowest}"
    return f">={lowest},<{_bump(highest, strategy)}"


def pin_pypi(versions: Iterable[str], strategy: PinningStrategy) -> str:
    """Return the constraint over locked versions as a PEP 440 specifier set, `*` for any."""
    ordered = sorted(set(versions), key=version_of)
    if strategy == "exact-version" and len(ordered) > 1:  # PEP 440 knows no alternatives
        return f">={ordered[0]}, <={ordered[-1]}"
    return pin(ordered, strategy).replace(",", ", ")


def strategy_for(name: str, configured: PinningStrategy | None) -> PinningStrategy:
    """Return the strategy for a conda package: as configured, else what suits the package."""
    if configured is not None:
        return configured
    return "minor" if name in MINOR_BY_DEFAULT else "semver"


def _bump(text: str, strategy: PinningStrategy) -> str:
    """Return the first version that a strategy does not allow any more."""
    version = _Version.parse(text)
    index = {"major": 0, "minor": 1}.get(strategy, -1)
    if index < 0:
        nonzero = (i for i, segment in enumerate(version.segments) if not segment.is_zero)
        index = next(nonzero, len(version.segments) - 1)
    segments = list(version.segments[: index + 1])
    while len(segments) <= index:
        segments.append(_Segment(".", "0"))
    segments[-1] = segments[-1].bumped()
    public = "".join(segment.separator + segment.text for segment in segments)
    return version.epoch + public + _spell_local(version.local)


def _spell_local(local: str) -> str:
    """Keep a local part, with the zero that a word in front implies."""
    if not local:
        return ""
    pieces = _SEPARATOR.split(local)
    pieces[::2] = (f"0{piece}" if piece[:1].isalpha() else piece for piece in pieces[::2])
    return "+" + "".join(pieces)
