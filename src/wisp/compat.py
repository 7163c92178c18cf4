"""Which release of Pixi wisp answers as, and what differs from one release to another.

What wisp writes and says follows one release, the level; what it reads does not: every spelling of
every release is read at every level. Code asks a level for a difference by name, never for a
version. A difference is one line here, with the release that brought it.
"""

from __future__ import annotations

from wisp.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: The variable, and the option behind it, that say which release is meant.
ENV_COMPAT = "WISP_PIXI_COMPAT"

#: Releases of Pixi that can be followed, oldest first: all, so that a manifest may require any.
RELEASES = (
    *("0.77.0", "0.77.1", "0.78.0", "0.79.0", "0.80.0", "0.81.0"),
    *("0.82.0", "0.82.1", "0.83.0", "0.84.0", "0.84.1", "0.84.2", "0.85.0"),
)

#: The release whose answers were recorded; `0.77` means it.
RECORDED = RELEASES[0]

#: The release that is followed where nobody asks for another, and no manifest excludes it.
DEFAULT = RELEASES[-1]

#: The name of a difference, and the release that brought it.
DIFFERENCES = {
    "notices of channels are shown": "0.77.1",
    "templates print truth as Python does": "0.77.1",
    "locks name platforms as the manifest does": "0.78.0",
    "all tools on rattler share configuration": "0.78.0",
    "activation sets PIXI_WORKSPACE_*": "0.82.0",
    "tasks name environments that there are": "0.82.1",
    "features that are removed are there": "0.82.1",
    "environments are detached to absolute folders only": "0.82.1",
    "detectors of channels are run": "0.83.0",
    "broken configuration is an error": "0.84.0",
    "whom TLS believes is told": "0.84.0",
    "cut-offs of single packages are deprecated": "0.84.0",
    "new workspaces begin with the configured cut-off": "0.84.0",
    "packages of conda-pypi have names on PyPI": "0.84.2",
    "platforms are written with subdir": "0.85.0",
    "platform of platforms is deprecated": "0.85.0",
}


class CompatLevel:
    """The release of Pixi that is followed, `release`: one of `RELEASES`."""

    __slots__ = ("_rank", "release")

    def __init__(self, release: str) -> None:
        self.release = release
        self._rank = RELEASES.index(release)

    def __repr__(self) -> str:
        return f"CompatLevel({self.release!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompatLevel) and other.release == self.release

    def __hash__(self) -> int:
        return hash(self.release)

    def has(self, difference: str) -> bool:
        """Tell whether a difference is part of this release."""
        return self._rank >= RELEASES.index(DIFFERENCES[difference])


def subdir_key(level: CompatLevel) -> str:
    """Return what a release calls the subdir in a table of `platforms`; both are read."""
    return "subdir" if level.has("platforms are written with subdir") else "platform"


def asked(text: str | None) -> CompatLevel | None:
    """Read what an option or a variable asks for: a release, or its first numbers (`0.85`).

    The first numbers mean the last release that has them, but `0.77` the one that was recorded. A
    release that we do not know is the one before it. Raises `ConfigError` for what names no
    release, or one before the oldest.
    """
    if not text:
        return None
    numbers = _numbers(text)
    fitting = [one for one in RELEASES if numbers and _numbers(one)[: len(numbers)] <= numbers]
    if not fitting:
        raise ConfigError(
            f"'{text}' is no release of Pixi that can be followed",
            hints=(f"{ENV_COMPAT} and `--compat` take {RELEASES[0]} and later, as in `0.85`",),
        )
    is_recorded = len(numbers) > 1 and _numbers(RECORDED)[: len(numbers)] == numbers
    return CompatLevel(RECORDED if is_recorded else fitting[-1])


def wish_of(environ: Mapping[str, str]) -> CompatLevel | None:
    """Read what the caller asks for. Raises `ConfigError` as `asked`."""
    return asked(environ.get(ENV_COMPAT))


def preferred(wish: CompatLevel | None) -> CompatLevel:
    """Return the level where no manifest has a say."""
    return wish or CompatLevel(DEFAULT)


def chosen(wish: CompatLevel | None, allowed: Callable[[str], bool]) -> CompatLevel | None:
    """Choose the level of a workspace whose manifest allows some releases; None if it has none.

    A wish counts alone. Otherwise the default does, else the newest release that is allowed, and
    of 0.77 the one that was recorded.
    """
    if wish is not None:
        return wish if allowed(wish.release) else None
    newest_first = [release for release in reversed(RELEASES) if release != "0.77.1"]
    candidates = (*newest_first, "0.77.1")
    return next((CompatLevel(release) for release in candidates if allowed(release)), None)


def _numbers(text: str) -> tuple[int, ...]:
    """Read a version as numbers; empty if it is none."""
    parts = text.removeprefix("v").split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()
