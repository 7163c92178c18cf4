"""Whether the members of a stranger's layer stay where a layer may write.

Engines unpack layers as root, and not all of them are careful. So a layer that leads out of the
image, makes files in places it has made links, or brings a device that is more than those which
every container has, is refused as a whole.

Source: Linux, `Documentation/admin-guide/devices.txt`.
"""

from __future__ import annotations

import tarfile
from pathlib import PurePosixPath

from wisp.errors import WispError
from wisp.image.whiteouts import hides_nothing_by_name
from wisp.specs.inside import is_inside

_ROOT = PurePosixPath()
#: Verdicts by an older number do not count. It grows whenever something more is refused, by the
#: judge or by how archives are read, or the C library of a base is found otherwise.
RULES = 2
#: What runtimes put into every container: character devices by their numbers.
_HARMLESS = frozenset(
    {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2)}
    # null, zero, full, random, urandom, tty, console, ptmx
)


class HostileLayerError(WispError):
    """A layer would write, link or reach where it may not."""


class LayerJudge:
    """Judges the members of one layer in their order; `where` is what messages call the layer."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._links: set[PurePosixPath] = set()

    def take(self, member: tarfile.TarInfo) -> PurePosixPath:
        """Return where a member lies in the image, `.` for its root.

        Raises:
            HostileLayerError: It may not lie there, or is nothing that an image may have.

        """
        path = self._inside(member, member.name.removeprefix("./"))
        self._check_above(member, path, "lies")
        if hides_nothing_by_name(path):
            raise self._refused(member, "hides a whole folder of what is below it")
        if member.islnk():
            target = self._inside(member, member.linkname.removeprefix("./"))
            self._check_above(member, target, "is a hard link to what lies")
        elif member.issym():
            self._links.add(path)
            self._check_link(member, path)
        elif member.isdev() and not member.isfifo() and not _is_harmless(member):
            raise self._refused(member, "is a device")
        if not member.issym():
            self._links.discard(path)
        return path

    def _inside(self, member: tarfile.TarInfo, text: str) -> PurePosixPath:
        path = PurePosixPath(text)
        if path != _ROOT and not is_inside(str(path)):
            raise self._refused(member, "leads out of the image")
        return path

    def _check_above(self, member: tarfile.TarInfo, path: PurePosixPath, what: str) -> None:
        through = next((one for one in path.parents if one in self._links), None)
        if through is not None:
            raise self._refused(member, f"{what} below the link `{through}` of the same layer")

    def _check_link(self, member: tarfile.TarInfo, path: PurePosixPath) -> None:
        """Follow a link's parts: absolute ones begin at the image's root, and stay there."""
        target = PurePosixPath(member.linkname)
        depth = 0 if target.is_absolute() else len(path.parts) - 1
        for part in target.parts:
            depth += -1 if part == ".." else 0 if part == "/" else 1
            if depth < 0:
                raise self._refused(member, f"leads out of the image, to `{member.linkname}`")

    def _refused(self, member: tarfile.TarInfo, why: str) -> HostileLayerError:
        return HostileLayerError(
            f"{self._where} cannot be trusted: `{member.name}` {why}",
            hints=["choose another base"],
        )


def _is_harmless(member: tarfile.TarInfo) -> bool:
    return member.ischr() and (member.devmajor, member.devminor) in _HARMLESS
