"""What can go wrong, as data: a message, hints, the place, the causes, the exit code.

    WispError
    ├── UsageError        the command line is wrong (exit code 2)
    ├── ConfigError       a configuration file or variable is wrong
    ├── ManifestError     a manifest is missing, unreadable or contradictory
    ├── LockFileError     a lock file is damaged, too new, or not up to date
    ├── SolveError        no set of packages satisfies the requirements
    ├── FetchError        something could not be downloaded or does not have its hash
    ├── InstallError      a prefix could not be made
    ├── ActivationError   the scripts that activate a prefix failed
    ├── TaskError         a task is unknown, ambiguous or cannot be run
    └── HostError         the machine refused: permissions, disk, processes

Catch broadly with `WispError`, recover narrowly with its children. One renderer
(`wisp.console.output`) words them; nothing below it prints. Only the standard library's
built-ins are used here: every command, the fastest too, imports this module.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Place:
    """A spot in a text: file, 1-based line and column, and how many characters it spans.

    `line` is 0 when only the file is known, `length` 0 where the message itself says the column
    of a gap, in which something is missing. `text` is the source it was found in, kept so that
    the renderer can quote the line; `label` is what the marker says.
    """

    __slots__ = ("column", "file", "label", "length", "line", "text")

    def __init__(
        self,
        file: str,
        line: int = 0,
        column: int = 0,
        *,
        length: int = 1,
        text: str = "",
        label: str = "",
    ) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.length = length
        self.text = text
        self.label = label

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class WispError(Exception):
    """A failure with everything a person or a script needs to act on it.

    `package` is the one conda package (`NAME-VERSION-BUILD`) whose fault it is, None where it is
    that of several, of the machine or of the network.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hints: Iterable[str] = (),
        place: Place | None = None,
        causes: Iterable[str | WispError] = (),
        exit_code: int | None = None,
        package: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.place = place
        self.causes = tuple(causes)
        self.package = package
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        """Give the message and, in lines below it, the causes."""
        causes = (f"  {cause}".replace("\n", "\n  ") for cause in self.causes)
        return "\n".join((self.message, *causes))


class UsageError(WispError):
    """The words on the command line do not fit the command."""

    exit_code = 2


class ConfigError(WispError):
    """A configuration file, flag or environment variable has a wrong value."""


class ManifestError(WispError):
    """A manifest is missing, cannot be read, or contradicts itself."""


class LockFileError(WispError):
    """A lock file is damaged, newer than supported, or not up to date where it must be."""


class SolveError(WispError):
    """No set of packages satisfies what is asked."""


class FetchError(WispError):
    """A download failed, is refused offline, or does not have the expected hash."""


class UntoldFetchError(FetchError):
    """A failure whose reason went to another request for the same file."""


class InstallError(WispError):
    """A prefix could not be brought to the wanted state."""


class ActivationError(WispError):
    """The scripts that activate a prefix failed."""


class TaskError(WispError):
    """A task is unknown, ambiguous, badly called or badly written."""


class HostError(WispError):
    """The operating system refused: permissions, a full disk, a process that cannot start."""
