"""Programs that are written for packages of Python, where another package has a file of its own.

rattler writes such a program (an entry point) into whatever lies at its place: through a symbolic
link, wherever that leads, and into a file that the cache shares by a hard link with every other
environment, so that all of them would run it. Among files of packages it sees to such clashes
itself. So what lies there is taken away before; where the file would come in the same transaction,
no file is shared with the cache, and a link is refused.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from wisp.specs.inside import UnsafePathError
from wisp.values import dataclass

#: Where the programs of a prefix are, and where packages of Python have them before; file systems
#: may know no capital letters.
_FOLDERS = ("bin/", "scripts/", "python-scripts/")
#: How the program of an entry point may be called: what Windows adds to its name.
_ENDINGS = ("", ".exe", "-script.py")


class ProgramClashError(UnsafePathError):
    """A package has a file where a program is written for another one."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What a package brings: names of entry points, of files that are programs, of links there."""

    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def programs_of(commands: Iterable[str], paths: Iterable[str], links: frozenset[str]) -> Programs:
    """Tell the programs of a package, by its list of files and which of those are links."""
    files = [path for path in paths if path.count("/") == 1]
    found = [path for path in files if path.casefold().startswith(_FOLDERS)]
    return Programs(
        tuple(commands),
        tuple(_name(path) for path in found if path not in links),
        tuple(_name(path) for path in found if path in links),
    )


def _name(path: str) -> str:
    """Return the name of a program; file systems may hold two spellings for one."""
    return path.rpartition("/")[2].casefold()


class ProgramPlaces:
    """The places of one prefix, and what packages of one transaction want to put there."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._commands: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self.is_shared = True

    def admit(self, package: str, programs: Programs) -> None:
        """Make room for a package that is going to be linked.

        Raises:
            ProgramClashError: It and one before it want the same place, and that would be written
                through a link, or into what the cache shares with the prefix (`is_shared`).

        """
        names = [f"{one.casefold()}{end}" for one in programs.commands for end in _ENDINGS]
        self._commands |= dict.fromkeys(names, package)
        self._files |= dict.fromkeys(programs.files, package)
        self._links |= dict.fromkeys(programs.links, package)
        self._refuse(package, names, self._links, programs.links, "a link")
        if self.is_shared:
            self._refuse(package, names, self._files, programs.files, "a file")
        for command in programs.commands:
            self._clear(command)

    def _refuse(
        self,
        package: str,
        commands: Iterable[str],
        others: dict[str, str],
        own: Iterable[str],
        what: str,
    ) -> None:
        pairs = [(package, others.get(name), name) for name in commands]
        pairs += [(self._commands[name], package, name) for name in own if name in self._commands]
        for writing, having, name in pairs:
            if having is not None and having != writing:
                raise ProgramClashError(
                    f"the package `{having}` has {what} at the place of the program `{name}`, "
                    f"which is written for the package `{writing}`"
                )

    def _clear(self, command: str) -> None:
        """Take away what a program would be written into, if it is a link or shared."""
        for path in (f"{self._prefix}/bin/{command}", f"{self._prefix}/Scripts/{command}.exe"):
            with contextlib.suppress(OSError):
                found = os.lstat(path)
                if os.path.islink(path) or found.st_nlink > 1:  # noqa: PTH114
                    os.unlink(path)  # noqa: PTH108
