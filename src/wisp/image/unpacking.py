"""Archives of others, unpacked as far as anybody needs: one that grows without end fails."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wisp.errors import WispError
from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

#: Any archive may unpack to so many bytes, and to so many times its own size.
_LEAST = 4 << 30
_RATIO = 100
_BLOCK = 1 << 20
#: Each member costs a kilobyte of memory. Layers of images have some hundred thousand.
_MOST_MEMBERS = 1_000_000
#: Extended headers, names too long for a plain one, and maps of files with holes.
_ABOUT_OTHERS = (b"x", b"g", b"X", b"L", b"K")
_LONGEST_HEADER = 1 << 20
#: What `tarfile` looks for behind digits it looks for behind each of them (CVE-2024-6232).
_NUMBER_WITHOUT_END = pattern(r"[0-9]{128}")
#: What `tarfile` lets through of extended headers: numbers and texts that are none, places beyond
#: any file, headers about headers without end.
_ODD = (ValueError, ArithmeticError, LookupError, RecursionError)


class UnpackingError(WispError):
    """An archive cannot be unpacked here, or unpacks to more than it reasonably could."""


def most_unpacked(packed: int) -> int:
    """Return to how many bytes an archive of `packed` bytes may unpack."""
    return max(_LEAST, packed * _RATIO)


class Bounded(io.RawIOBase):
    """A stream of which nothing beyond `limit` bytes is read; `see` is shown what is read."""

    def __init__(
        self, stream: IO[bytes], limit: int, see: Callable[[bytes], object] | None = None
    ) -> None:
        self._stream = stream
        self._limit = limit
        self._see = see

    def readable(self) -> bool:
        """Tell that it is one."""
        return True

    def tell(self) -> int:
        """Return the position in the unpacked bytes."""
        return self._stream.tell()

    def seekable(self) -> bool:
        """Tell whether `seek` works."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position. Raises `UnpackingError` beyond the limit."""
        at = self._stream.seek(offset, whence)
        self._check(at)
        return at

    def read(self, size: int = -1) -> bytes:
        """Return bytes. Raises `UnpackingError` beyond the limit, `TarError` for damaged ones."""
        left = self._limit - self.tell() + 1
        try:
            content = self._stream.read(left if size < 0 else min(size, left))
        except (OSError, EOFError):
            raise
        except Exception as error:  # each form has its own
            raise tarfile.ReadError(str(error)) from error
        self._check(self.tell())
        if self._see is not None:
            self._see(content)
        return content

    def _check(self, at: int) -> None:
        if at > self._limit:
            raise _too_much(self._limit)


def _too_much(limit: int) -> UnpackingError:
    return UnpackingError(
        f"an archive unpacks to more than {limit} bytes",
        hints=["unpack it elsewhere and look at it, or do without it"],
    )


def unpacked(file: IO[bytes], limit: int, see: Callable[[bytes], object] | None = None) -> Bounded:
    """Open the stream in a file, packed in any usual way or not at all, told by its first bytes.

    Raises:
        UnpackingError: It is packed with zstd, and nobody here can unpack that.

    """
    head = file.read(6)
    file.seek(0)
    opened = next((make for magic, make in _FORMS.items() if head.startswith(magic)), None)
    return Bounded(opened(file) if opened else file, limit, see)


def _zstd(file: IO[bytes]) -> Any:
    try:
        import zstandard
    except ImportError as error:
        raise UnpackingError(
            "the archive is packed with zstd", hints=["install the package `zstandard`"]
        ) from error
    return zstandard.ZstdDecompressor().stream_reader(file)


_FORMS: Mapping[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"\x28\xb5\x2f\xfd": _zstd,
}


class ForeignMember(tarfile.TarInfo):
    """A member of a stranger's archive: what stands before it about it has a measure."""

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        # `tarfile` reads such a header into memory, whatever its size.
        is_about_others = self.type in _ABOUT_OTHERS
        if is_about_others and not 0 <= self.size <= _LONGEST_HEADER:
            raise tarfile.ReadError("a header is longer than any name")
        if not is_about_others and self.type != tarfile.GNUTYPE_SPARSE:
            return super()._proc_member(archive)  # type: ignore[misc]
        whole = archive.fileobj
        archive.fileobj = _HeaderStream(whole)
        try:
            return super()._proc_member(archive)  # type: ignore[misc]
        finally:
            archive.fileobj = whole


class _HeaderStream:
    """What stands before a member, in a stream: a header, and the map of a file with holes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = 2 * _LONGEST_HEADER

    def read(self, size: int) -> bytes:
        """Return bytes. Raises `TarError` for more than a header has, and an endless number."""
        content: bytes = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise tarfile.ReadError("the map of a file with holes is longer than any")
        if _NUMBER_WITHOUT_END.search(content.decode("latin-1")):
            raise tarfile.ReadError("a header has a number without end")
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class ForeignTar(tarfile.TarFile):
    """A stranger's archive: its members are counted, and lie within `limit` bytes, if told."""

    tarinfo = ForeignMember
    taken = 0

    def __init__(self, *args: Any, limit: int | None = None, **kwargs: Any) -> None:
        self._limit = limit
        self._behind = 0
        super().__init__(*args, **kwargs)

    def next(self) -> tarfile.TarInfo | None:
        """Return the next member.

        Raises `TarError` for odd ones, or more than any archive has, `UnpackingError` for one that
        lies beyond the limit: a stream would look for it for ever.
        """
        is_known = self.taken == 1  # the first was read when the archive was opened
        if self._limit is not None and self.offset > self._limit and not is_known:
            raise _too_much(self._limit)
        try:
            found = super().next()
        except _ODD as error:
            raise tarfile.ReadError(f"a header is damaged: {error}") from error
        if found is not None and (found.size < 0 or self.offset < self._behind):
            raise tarfile.ReadError(f"`{found.name}` has a size below nothing")
        self._behind = self.offset
        self.taken += 1
        if self.taken > _MOST_MEMBERS:
            raise tarfile.ReadError(f"it has more than {_MOST_MEMBERS} members")
        return found


def streamed_tar(stream: Bounded, limit: int) -> tarfile.TarFile:
    """Open an archive in a stream of which nothing beyond `limit` is read. Raises `TarError`."""
    return ForeignTar.open(fileobj=stream, mode="r|", limit=limit)  # type: ignore[call-overload,no-any-return]


@contextmanager
def opened_tar(
    path: Path, see: Callable[[bytes], object] | None = None
) -> Iterator[tarfile.TarFile]:
    """Open an archive, packed or not, for reading from its start to its end.

    `see` is shown all bytes of the archive, also those behind its last member.

    Raises:
        UnpackingError: While it is read: it unpacks to more than it reasonably could.
        tarfile.TarError: It is no archive.
        OSError: It cannot be read.

    """
    with path.open("rb") as file:
        limit = most_unpacked(path.stat().st_size)
        stream = unpacked(file, limit, see)
        with streamed_tar(stream, limit) as archive:
            yield archive
        while see is not None and stream.read(_BLOCK):
            pass
