"""Read what uv already knows about files: name, version and requirements, from its cache.

While uv resolves it reads the metadata of each file it chooses and keeps it in MessagePack, the
requirements spelled as lock files spell them. Reading that again costs no network and no
credentials. The layout is internal to uv, so the pinned version of uv is the one it is true for:

    wheels-v8/pypi/NAME/VERSION-TAGS.msgpack            the default index
    wheels-v8/index/DIGEST/NAME/VERSION-TAGS.msgpack    any other index or flat list of links
    wheels-v8/url/DIGEST/NAME/VERSION-TAGS.msgpack      a direct URL
    wheels-v8/path/DIGEST/NAME/VERSION-TAGS.msgpack     a file on disk
    sdists-v11/.../REVISION/metadata.msgpack            a source distribution that was built
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wisp.engine.msgpack import MsgpackError, decode
from wisp.engine.seahash import seahash
from wisp.specs.metadata import CoreMetadata
from wisp.trust import LARGEST_LOCK, found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WHEELS = "wheels-v8"
_SDISTS = "sdists-v11"
_CHECKOUTS = "git-v2/checkouts"
_BUILT = "metadata.msgpack"
_SHORT_COMMIT = 7


class UvCache:
    """A view on the cache folder of the pinned uv."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def wheel(self, name: str, filename: str, url: str) -> CoreMetadata | None:
        """Return the metadata of a wheel, or None when uv has not read it.

        `name` is normalised, `filename` the wheel's. Only an entry of that very URL counts: a
        local build may carry the file name of a published wheel.
        """
        stem = filename.removesuffix(".whl").partition("-")[2]
        version = stem.partition("-")[0]
        # Where the tags are long, uv puts a digest into the name of the entry instead of them.
        for pattern in (f"{stem}.msgpack", f"{version}-{'[0-9a-f]' * 16}.msgpack"):
            for file in self._wheel_entries(name, pattern):
                entry = _read(file)
                if entry and url.encode() in entry[1]:
                    return entry[0]
        return None

    def any_wheel(self, name: str, version: str) -> CoreMetadata | None:
        """Return the metadata of whichever wheel of that version uv has read, or None.

        uv takes the word of a wheel for another platform rather than build a source distribution.
        """
        for file in self._wheel_entries(name, f"{version}-*.msgpack"):
            entry = _read(file)
            if entry:
                return entry[0]
        return None

    def sdist(self, name: str, version: str) -> CoreMetadata | None:
        """Return the metadata of a source distribution of an index that uv has built, or None."""
        root = self._root / _SDISTS
        patterns = (
            f"pypi/{name}/{version}/*/{_BUILT}",
            f"index/*/{name}/{version}/*/{_BUILT}",
        )
        return _newest(file for pattern in patterns for file in root.glob(pattern))

    def checkout(self, name: str, commit: str) -> CoreMetadata | None:
        """Return the metadata of a package in a git checkout that uv has built, or None."""
        # uv shortens the commit in the folder's name.
        files = (self._root / _SDISTS / "git").glob(f"*/{commit[:_SHORT_COMMIT]}*/**/{_BUILT}")
        return _newest(files, name)

    def checkout_folders(self, commit: str) -> list[Path]:
        """Return the folders where uv has checked out a commit."""
        pattern = f"*/{commit[:_SHORT_COMMIT]}*"
        return sorted(path for path in (self._root / _CHECKOUTS).glob(pattern) if path.is_dir())

    def built(self, name: str, url: str) -> CoreMetadata | None:
        """Return the metadata of an archive or folder (`https:` or `file:` URL) that uv has built.

        An unchanged source is built once; of several builds the newest is the present one.
        """
        digest = cache_digest(url)
        folders = (self._root / _SDISTS / kind / digest for kind in ("url", "path", "editable"))
        return _newest((file for folder in folders for file in folder.rglob(_BUILT)), name)

    def unpacked_archive(self, url: str) -> Path | None:
        """Return the folder where uv has unpacked an archive (`https:` or `file:` URL) last."""
        root = self._root / _SDISTS
        folders = [
            f for kind in ("url", "path") for f in root.glob(f"{kind}/{cache_digest(url)}/*/src")
        ]
        return max(folders, key=lambda folder: folder.stat().st_mtime_ns, default=None)

    def unpacked_sdist(self, name: str, version: str) -> Path | None:
        """Return the folder of a source distribution that uv has unpacked without building it."""
        root = self._root / _SDISTS
        for pattern in (f"pypi/{name}/{version}/*/src", f"index/*/{name}/{version}/*/src"):
            for folder in root.glob(pattern):
                return folder
        return None

    def _wheel_entries(self, name: str, pattern: str) -> Iterator[Path]:
        root = self._root / _WHEELS
        yield from (root / "pypi" / name).glob(pattern)
        for kind in ("index", "url", "path"):
            yield from root.glob(f"{kind}/*/{name}/{pattern}")


def cache_digest(url: str) -> str:
    """Return the name of the folder that uv keeps for a canonical URL."""
    return seahash(url.encode() + b"\xff").to_bytes(8, "little").hex()


def _newest(files: Iterator[Path], name: str | None = None) -> CoreMetadata | None:
    for file in sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True):
        entry = _read(file)
        if entry and name in (None, entry[0].name):
            return entry[0]
    return None


def _read(file: Path) -> tuple[CoreMetadata, bytes] | None:
    """Return the metadata of an entry and the bytes behind it (the HTTP policy, with the URL)."""
    try:
        data = found_bytes(file, LARGEST_LOCK)
        return _metadata(decode(data)), data
    except (OSError, MsgpackError, UnicodeDecodeError, ValueError, TypeError, IndexError):
        return None


def _metadata(fields: Any) -> CoreMetadata:
    name, version, requires_dist, requires_python = fields[:4]
    if not isinstance(name, str) or not isinstance(version, str):
        raise TypeError("not the metadata of a distribution")
    return CoreMetadata(
        name=name,
        version=version,
        requires_dist=tuple(map(str, requires_dist)),
        requires_python=requires_python,
    )
