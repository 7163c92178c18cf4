"""Why a lock does not fit its manifest: one class per reason, with its wording and its reach.

`level` tells what must be solved again: the `conda` part (PyPI follows) or the `pypi` part.
`discards` tells that what is locked may not even serve as a preference. The order of the classes
is that of the checks: first a whole environment, then one platform of it.
"""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar, Literal, dataclass_transform

    SolvedKind = Literal["conda", "pypi"]
else:

    def dataclass_transform(**_):
        """Change nothing: only type checkers have to know."""
        return lambda cls: cls


_SHOWN = 5


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Value:
    """What a frozen dataclass is to its readers, without code made for each class.

    There are forty reasons, and a lock that fits has none: making dataclasses of them would cost
    a command more than the check of a small lock.
    """

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own: dict[str, str] = cls.__annotations__
        cls._names += tuple(n for n, kind in own.items() if not kind.startswith("ClassVar"))

    def __init__(self, **values: object) -> None:
        unknown = values.keys() - self._names
        missing = [name for name in self._names if name not in values and not hasattr(self, name)]
        if unknown or missing:
            raise TypeError(f"{type(self).__name__}: unknown {unknown}, missing {missing}")
        self.__dict__.update(values)

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self._names)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        pairs = zip(self._names, self._values(), strict=True)
        shown = ", ".join(f"{name}={value!r}" for name, value in pairs)
        return f"{type(self).__name__}({shown})"


class Mismatch(_Value):
    """A reason; `platform` is None where it holds for the whole environment."""

    level: ClassVar[SolvedKind] = "conda"
    discards: ClassVar[bool] = False
    #: The reason, with its fields in braces; lists are joined by commas.
    wording: ClassVar[str]

    environment: str
    platform: str | None = None

    @property
    def message(self) -> str:
        """The reason as a clause that follows "because"."""
        from string import Formatter

        names = [field for _, field, _, _ in Formatter().parse(self.wording) if field]
        values = {name: getattr(self, name) for name in names}
        shown = {k: ", ".join(v) if isinstance(v, tuple) else v for k, v in values.items()}
        return self.wording.format_map(shown).rstrip()

    def as_json(self) -> dict[str, object]:
        """Return kind, reach, place and wording as plain data."""
        return {
            "kind": type(self).__name__,
            "level": self.level,
            "environment": self.environment,
            "platform": self.platform,
            "message": self.message,
        }

    def __str__(self) -> str:
        """Say the whole sentence."""
        if self.platform is None:
            return f"environment '{self.environment}' is out of date because {self.message}"
        return (
            f"the dependencies of environment '{self.environment}' for platform "
            f"{self.platform} are out of date because {self.message}"
        )


def first_reasons(reasons: Sequence[Mismatch]) -> list[str]:
    """Word the reasons that a failure names, and how many more there are: the rest tells little."""
    said = [str(reason) for reason in reasons[:_SHOWN]]
    more = len(reasons) - _SHOWN
    return [*said, f"… and {more} more reasons"] if more > 0 else said


class EnvironmentMissing(Mismatch):
    """The manifest has an environment that the lock has not."""

    wording: ClassVar[str] = "it does not exist in the lock file."


class EnvironmentUnknown(Mismatch):
    """The lock has an environment that the manifest has not: nothing is solved, it is dropped."""

    wording: ClassVar[str] = (
        "it no longer exists in the manifest but is still present in the lock-file."
    )


class ChannelsChanged(Mismatch):
    """The channels differ, so what was chosen from them says nothing any more."""

    discards: ClassVar[bool] = True

    locked: tuple[str, ...]
    wanted: tuple[str, ...]

    wording: ClassVar[str] = "the channels in the lock file do not match the environments channels"


class ChannelsAppended(ChannelsChanged):
    """Channels of lower priority were added; what is locked stays a good choice."""

    discards: ClassVar[bool] = False


class PlatformsUnknown(Mismatch):
    """The lock has platforms that the environment does not support."""

    wording: ClassVar[str] = (
        "platform(s) {quoted} present in the lock file but not in the environment"
    )

    platforms: tuple[str, ...]

    @property
    def quoted(self) -> str:
        """The names in quotes."""
        return ", ".join(f"'{name}'" for name in self.platforms)


class PlatformSubdirChanged(Mismatch):
    """A platform of that name was locked for another subdir."""

    discards: ClassVar[bool] = True

    name: str
    locked: str
    wanted: str

    wording: ClassVar[str] = (
        "the workspace platform '{name}' uses subdir '{wanted}' but the lock-file was solved "
        "with subdir '{locked}'"
    )


class VirtualPackagesChanged(Mismatch):
    """A platform of that name was locked with other virtual packages."""

    discards: ClassVar[bool] = True

    name: str
    locked: tuple[str, ...]
    wanted: tuple[str, ...]

    wording: ClassVar[str] = (
        "the workspace platform '{name}' declares virtual packages [{wanted}] but the "
        "lock-file was solved with [{locked}]"
    )


class IndexesChanged(Mismatch):
    """PyPI packages were looked for elsewhere."""

    level: ClassVar[SolvedKind] = "pypi"
    discards: ClassVar[bool] = True
    wording: ClassVar[str] = (
        "the indexes used to previously solve to lock file do not match the environments "
        "indexes. Expected: [{wanted}], lock-file: [{locked}]"
    )

    locked: tuple[str, ...]
    wanted: tuple[str, ...]


class IndexesMissing(Mismatch):
    """PyPI packages are locked, but not where they were looked for."""

    level: ClassVar[SolvedKind] = "pypi"
    discards: ClassVar[bool] = True
    wording: ClassVar[str] = (
        "the environment in the lock file contains pypi packages but no indexes were stored"
    )


class NonBinaryLocked(Mismatch):
    """A package that would have to be built is locked although building is forbidden."""

    level: ClassVar[SolvedKind] = "pypi"
    discards: ClassVar[bool] = True

    package: str

    wording: ClassVar[str] = (
        "the lock file contains non-binary package: '{package}', but the pypi-option "
        "`no-build` is set"
    )


class WheelTagsMismatch(Mismatch):
    """A locked wheel does not fit what the platform has."""

    level: ClassVar[SolvedKind] = "pypi"
    discards: ClassVar[bool] = True

    wheel: str

    wording: ClassVar[str] = (
        "the lock file was solved with system requirements incompatible with the tags on "
        "wheel ({wheel})"
    )


class StrategyChanged(Mismatch):
    """Another solve strategy is wanted."""

    discards: ClassVar[bool] = True

    locked: str
    wanted: str

    wording: ClassVar[str] = (
        "the lock file was solved with a different strategy ({locked}) than the one selected "
        "({wanted})"
    )


class ChannelPriorityChanged(Mismatch):
    """Another channel priority is wanted."""

    discards: ClassVar[bool] = True

    locked: str
    wanted: str

    wording: ClassVar[str] = (
        "the lock file was solved with a different channel priority ({locked}) than the one "
        "selected ({wanted})"
    )


class PrereleaseModeChanged(Mismatch):
    """Pre-releases of PyPI packages are to be treated otherwise."""

    level: ClassVar[SolvedKind] = "pypi"
    discards: ClassVar[bool] = True

    locked: str
    wanted: str

    wording: ClassVar[str] = (
        "the lock file was solved with a different PyPI prerelease mode ({locked}) than the "
        "one selected ({wanted})"
    )


class TooNew(Mismatch):
    """A locked package appeared after the cut-off."""

    discards: ClassVar[bool] = True

    package: str
    timestamp: str
    cutoff: str

    wording: ClassVar[str] = (
        "the locked package '{package}' has timestamp {timestamp}, which is newer than the "
        "environment's exclude-newer cutoff {cutoff}"
    )
