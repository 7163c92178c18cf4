"""What was weighed: packages, kinds of files and layers, in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.api.weighing.kinds import kind_of
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Form = Literal["environment", "image", "lock"]
    Kind = Literal["conda", "pypi", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSize:
    """A package: its bytes, how many files, and the bytes of each kind of file.

    `why` is the shortest chain of names that leads to it from what the manifest asks for, itself
    at the end. Of kind `other` is what belongs to no package. A lock tells packed bytes, and none
    (0, without files) of most wheels.
    """

    name: str
    version: str = ""
    kind: Kind = "other"
    size: int = 0
    files: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSize:
    """A layer of an image: what it says of itself, its bytes unpacked and packed."""

    title: str
    size: int
    packed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeReport:
    """All that is in an environment, an image or a lock, the largest first.

    `unused` names direct dependencies that the workspace's code never imports and no task calls.
    """

    subject: str
    form: Form
    packages: tuple[PackageSize, ...]
    layers: tuple[LayerSize, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all packages."""
        return sum(one.size for one in self.packages)

    @property
    def kinds(self) -> Mapping[str, int]:
        """Bytes by kind of file, the largest first."""
        return _sorted(_summed(one.kinds for one in self.packages))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "subject": self.subject,
            "form": self.form,
            "size": self.size,
            "kinds": dict(self.kinds),
            "layers": [
                {"title": one.title, "size": one.size, "packed": one.packed} for one in self.layers
            ],
            "unused": list(self.unused),
            "packages": [
                {
                    "name": one.name,
                    "version": one.version,
                    "kind": one.kind,
                    "size": one.size,
                    "files": one.files,
                    "kinds": dict(one.kinds),
                    "why": list(one.why),
                }
                for one in self.packages
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChange:
    """A package in two places: its bytes in each, 0 where it is not; versions likewise empty."""

    name: str
    before: int
    after: int
    version_before: str = ""
    version_after: str = ""

    @property
    def difference(self) -> int:
        """Bytes that have come."""
        return self.after - self.before


def changes(before: SizeReport, after: SizeReport) -> tuple[SizeChange, ...]:
    """Compare what was weighed in two places; the largest difference comes first."""
    old = {(one.kind, one.name): one for one in before.packages}
    new = {(one.kind, one.name): one for one in after.packages}
    nothing = PackageSize(name="")
    rows = [
        SizeChange(
            name=key[1],
            before=old.get(key, nothing).size,
            after=new.get(key, nothing).size,
            version_before=old.get(key, nothing).version,
            version_after=new.get(key, nothing).version,
        )
        for key in old.keys() | new.keys()
    ]
    different = [one for one in rows if one.difference or one.version_before != one.version_after]
    return tuple(sorted(different, key=lambda one: (-abs(one.difference), one.name)))


class Pile:
    """Files that are put together by the package that owns them."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[Kind, str], int] = {}
        self._files: dict[tuple[Kind, str], int] = {}
        self._kinds: dict[tuple[Kind, str], dict[str, int]] = {}

    def add(self, owner: tuple[Kind, str], path: str, size: int) -> None:
        """Count a file; `size` is 0 for another name of one that is counted."""
        self._sizes[owner] = self._sizes.get(owner, 0) + size
        self._files[owner] = self._files.get(owner, 0) + 1
        kinds = self._kinds.setdefault(owner, {})
        kind = kind_of(path)
        kinds[kind] = kinds.get(kind, 0) + size

    def packages(
        self,
        versions: Mapping[tuple[Kind, str], str],
        reasons: Mapping[tuple[Kind, str], tuple[str, ...]],
    ) -> tuple[PackageSize, ...]:
        """Return the packages, the largest first."""
        return largest_first(
            PackageSize(
                name=owner[1],
                version=versions.get(owner, ""),
                kind=owner[0],
                size=size,
                files=self._files[owner],
                kinds=_sorted(self._kinds[owner]),
                why=reasons.get(owner, ()),
            )
            for owner, size in self._sizes.items()
        )


def largest_first(packages: Iterable[PackageSize]) -> tuple[PackageSize, ...]:
    """Sort packages by size, equal ones by name."""
    return tuple(sorted(packages, key=lambda one: (-one.size, one.name)))


def _summed(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in tables:
        for key, size in table.items():
            found[key] = found.get(key, 0) + size
    return found


def _sorted(table: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(table.items(), key=lambda row: (-row[1], row[0])))
