"""`image.lock`: what a base was made of, so that the next build makes the same.

A text of TOML beside the workspace's own lock, meant to be kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.errors import LockFileError
from wisp.foreign import toml_data
from wisp.image.debian.index import DebianPackage
from wisp.specs.oci import Digest, OciValueError
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.controls import ValuePath

#: A subdir, and the names of packages that are wanted beyond the usual ones, sorted.
DebianKey = tuple[str, tuple[str, ...]]

_VERSION = 1
_KINDS = {str: "a string", int: "an integer", list: "an array", dict: "a table"}
_HEAD = """\
# What the base of this workspace's images is made of. `wisp image update` renews it.
version = 1
"""


class DamagedImageLockError(LockFileError):
    """The file is none that wisp wrote; what it said can be resolved anew.

    `path` are the keys at which it is wrong, None where it cannot be read at all.
    """

    def __init__(self, reason: str, path: ValuePath | None = None) -> None:
        super().__init__(
            "`image.lock` is damaged",
            causes=[reason],
            hints=["`wisp image update` makes it anew"],
        )
        self.path = path


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
        DamagedImageLockError: It is damaged; tells at which keys.
        LockFileError: It is newer than this program.
        tomli.TOMLDecodeError: It is no TOML.

    """
    root = toml_data(text)
    version = _field(root, (), "version", int)
    if version != _VERSION:
        raise LockFileError(f"`image.lock` has version {version}, this program knows {_VERSION}")
    return ImageLock(
        {base.key: base for base in map(_debian, *_rows(root, (), "debian"))},
        dict(map(_reference, *_rows(root, (), "image"))),
    )


def _field(row: Mapping[str, Any], path: ValuePath, key: str, kind: type) -> Any:
    if key not in row:
        raise DamagedImageLockError(f"missing field '{key}'", path)
    return _as(kind, row[key], (*path, key))


def _as(kind: type, value: Any, path: ValuePath) -> Any:
    if type(value) is not kind:
        found = _KINDS.get(type(value), "something else")
        raise DamagedImageLockError(f"expected {_KINDS[kind]}, found {found}", path)
    return value


def _rows(
    table: Mapping[str, Any], path: ValuePath, key: str
) -> tuple[list[Mapping[str, Any]], list[ValuePath]]:
    """Return the tables of an array, which may be missing, and where each stands."""
    rows = _as(list, table.get(key, []), (*path, key))
    paths = [(*path, key, at) for at in range(len(rows))]
    return [_as(dict, row, at) for row, at in zip(rows, paths, strict=True)], paths


def _reference(row: Mapping[str, Any], path: ValuePath) -> tuple[str, Digest]:
    digest = _field(row, path, "digest", str)
    try:
        return _field(row, path, "reference", str), Digest(digest)
    except OciValueError as error:
        raise DamagedImageLockError(str(error), (*path, "digest")) from error


def _debian(row: Mapping[str, Any], path: ValuePath) -> LockedDebian:
    subdir, suite = (_field(row, path, key, str) for key in ("subdir", "suite"))
    wanted = _field(row, path, "wanted", list)
    return LockedDebian(
        subdir=subdir,
        suite=suite,
        wanted=tuple(_as(str, one, (*path, "wanted", at)) for at, one in enumerate(wanted)),
        packages=tuple(map(_package, *_rows(row, path, "packages"))),
    )


def _package(row: Mapping[str, Any], path: ValuePath) -> DebianPackage:
    return DebianPackage(
        name=_field(row, path, "name", str),
        version=_field(row, path, "version", str),
        architecture=_field(row, path, "architecture", str),
        file=_field(row, path, "file", str),
        sha256=_field(row, path, "sha256", str),
        size=_field(row, path, "size", int),
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
