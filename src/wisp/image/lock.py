"""`image.lock`: what a base was made of, so that the next build makes the same.

A text of TOML beside the workspace's own lock, meant to be kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import tomli

from wisp.errors import LockFileError
from wisp.foreign import toml_data
from wisp.image.debian.index import DebianPackage
from wisp.specs.oci import Digest, OciValueError
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: A subdir, and the names of packages that are wanted beyond the usual ones, sorted.
DebianKey = tuple[str, tuple[str, ...]]

_VERSION = 1
_HEAD = """\
# What the base of this workspace's images is made of. `wisp image update` renews it.
version = 1
"""


class DamagedImageLockError(LockFileError):
    """The file is none that wisp wrote; what it said can be resolved anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedDebian:
    """The packages of a generated base for one platform.

    `wanted` are the names it was resolved for, sorted.
    """

    subdir: str
    suite: str
    wanted: tuple[str, ...]
    packages: tuple[DebianPackage, ...]

    @property
    def key(self) -> DebianKey:
        """What it is known by."""
        return self.subdir, self.wanted


@dataclass(frozen=True, slots=True)
class ImageLock:
    """All that is locked for images: generated bases, and digests of others by reference.

    Environments may differ in the packages they want of Debian, so a generated base is known by
    its subdir and these.
    """

    debian: Mapping[DebianKey, LockedDebian] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)

    def with_debian(self, base: LockedDebian) -> ImageLock:
        """Return a lock in which one base is another."""
        return ImageLock({**self.debian, base.key: base}, self.references)

    def with_reference(self, reference: str, digest: str) -> ImageLock:
        """Return a lock in which a reference has a digest."""
        return ImageLock(self.debian, {**self.references, reference: digest})


def read_image_lock(text: str) -> ImageLock:
    """Read the text of an `image.lock`.

    Raises:
        DamagedImageLockError: It is damaged.
        LockFileError: It is newer than this program.

    """
    try:
        table = toml_data(text)
        if table["version"] != _VERSION:
            raise LockFileError(
                f"`image.lock` has version {table['version']}, this program knows {_VERSION}"
            )
        return ImageLock(
            {base.key: base for base in map(_debian, table.get("debian", ()))},
            {row["reference"]: Digest(row["digest"]) for row in table.get("image", ())},
        )
    except (tomli.TOMLDecodeError, KeyError, TypeError, AttributeError, OciValueError) as error:
        raise DamagedImageLockError(
            "`image.lock` is damaged",
            causes=[str(error)],
            hints=["`wisp image update` makes it anew"],
        ) from error


def _debian(row: Mapping[str, Any]) -> LockedDebian:
    return LockedDebian(
        subdir=row["subdir"],
        suite=row["suite"],
        wanted=tuple(row["wanted"]),
        packages=tuple(
            DebianPackage(
                name=one["name"],
                version=one["version"],
                architecture=one["architecture"],
                file=one["file"],
                sha256=one["sha256"],
                size=one["size"],
            )
            for one in row["packages"]
        ),
    )


def write_image_lock(lock: ImageLock) -> str:
    """Write a lock as text, in a stable order."""
    blocks = [_HEAD]
    for reference, digest in sorted(lock.references.items()):
        blocks.append(f"[[image]]\nreference = {_text(reference)}\ndigest = {_text(digest)}\n")
    for _, base in sorted(lock.debian.items()):
        rows = "".join(f"  {_row(one)},\n" for one in base.packages)
        blocks.append(
            f"[[debian]]\nsubdir = {_text(base.subdir)}\nsuite = {_text(base.suite)}\n"
            f"wanted = [{', '.join(map(_text, base.wanted))}]\npackages = [\n{rows}]\n"
        )
    return "\n".join(blocks)


def _row(package: DebianPackage) -> str:
    return _inline(
        {
            "name": package.name,
            "version": package.version,
            "architecture": package.architecture,
            "file": package.file,
            "sha256": package.sha256,
        },
        package.size,
    )


def _inline(texts: Mapping[str, str], size: int) -> str:
    pairs = ", ".join(f"{key} = {_text(value)}" for key, value in texts.items())
    return f"{{ {pairs}, size = {size} }}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def debian_key(subdir: str, wanted: Iterable[str]) -> DebianKey:
    """Return what the generated base is known by for which these packages are wanted."""
    return subdir, tuple(sorted(set(wanted)))
