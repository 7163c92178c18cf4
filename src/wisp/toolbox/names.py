"""Names in a toolbox: environments, exposed names, and which executable each name starts."""

from __future__ import annotations

from wisp.errors import ManifestError
from wisp.patterns import pattern
from wisp.values import dataclass

_ENVIRONMENT = pattern(r"[a-z0-9._-]+")
#: The program that shares the folder of exposed names.
RESERVED = "pixi"
#: The folder that lies there.
CONFIGURATIONS = "trampoline_configuration"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A name on the PATH of the user and the executable of an environment that it starts."""

    name: str
    executable: str

    def __str__(self) -> str:
        return self.name if self.name == self.executable else f"{self.name} -> {self.executable}"


def environment_fault(name: str) -> str | None:
    """Say what is wrong with the name of an environment."""
    if not _ENVIRONMENT.fullmatch(name) or set(name) == {"."}:
        return (
            f"'{name}' is no name for an environment: use lower case letters, digits, '-' and '_'"
        )
    return None


def exposed_fault(name: str) -> str | None:
    """Say what is wrong with an exposed name: it has to be a file name, and not that of Pixi."""
    if name == RESERVED:
        return f"'{RESERVED}' cannot be exposed: it is the name of the program itself"
    if name == CONFIGURATIONS:
        return f"'{name}' cannot be exposed: that is a folder among the exposed names"
    if not name or name in {".", ".."} or set(name) & set("/\\\0\n"):
        return f"'{name}' cannot be exposed: it is no file name"
    if not can_be_typed(name):
        return f"'{name}' cannot be exposed: nobody can type it as the name of a command"
    return None


def can_be_typed(name: str) -> bool:
    """Tell whether a name is seen for what it is, and taken for no option (of `rm *`)."""
    return name.isprintable() and not name.startswith("-")


def checked_environment(name: str) -> str:
    """Return the name of an environment. Raises `ManifestError` if it is none."""
    if (fault := environment_fault(name)) is not None:
        raise ManifestError(fault)
    return name


def read_mapping(word: str) -> Mapping:
    """Read `NAME=EXECUTABLE` or `EXECUTABLE`. Raises `ManifestError` for what is neither."""
    name, equals, executable = word.partition("=")
    if (fault := exposed_fault(name)) is not None:
        raise ManifestError(fault)
    if equals and not executable:
        raise ManifestError(
            f"'{word}' names no executable", hints=("write NAME=EXECUTABLE or EXECUTABLE",)
        )
    return Mapping(name, executable if equals else name)


def executable_name(path: str, *, windows: bool) -> str:
    """Return what the executable in a file is called: without its ending on Windows."""
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    if windows and dot and ending.lower() in {"exe", "bat", "cmd", "com", "ps1"}:
        return stem
    return name
