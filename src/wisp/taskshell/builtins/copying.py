"""`cp` and `mv`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.arguments import spelled, split
from wisp.taskshell.builtins.call import CommandError, refused
from wisp.taskshell.streams import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wisp.taskshell.builtins.call import BuiltinCall


def cp(call: BuiltinCall) -> int:
    """Copy files, with `-r` folders too; the mode is kept, what is there is overwritten."""
    flags, operands = split(call.arguments, spelled("recursive", ("-r", "-R", "--recursive")))
    for source, target, shown in _pairs(call, operands, contents="recursive" in flags):
        try:
            _copy(source, target, recursive="recursive" in flags)
        except OSError as error:
            raise refused(f"could not copy {shown}", error) from error
        except CommandError as error:
            raise CommandError(f"could not copy {shown}: {error}") from error
    return 0


def mv(call: BuiltinCall) -> int:
    """Rename files and folders; nothing is copied, so both sides are on one file system."""
    _, operands = split(call.arguments, {})
    for source, target, shown in _pairs(call, operands, contents=False):
        try:
            os.replace(source, target)
        except OSError as error:
            raise refused(f"could not move {shown}", error) from error
    return 0


def _pairs(
    call: BuiltinCall, operands: list[str], *, contents: bool
) -> Iterator[tuple[str, str, str]]:
    """Give source, target, and both as the user wrote them.

    With `contents`, `SRC/.` means what is in the folder rather than the folder.
    """
    if not operands:
        raise CommandError("missing file operand")
    if len(operands) == 1:
        raise CommandError(f"missing destination file operand after '{operands[0]}'")
    *sources, last = operands
    target = call.path(last)
    into = os.path.isdir(target)
    if len(sources) > 1 and not into:
        raise CommandError(f"target '{last}' is not a directory")
    for operand in sources:
        source = call.path(operand)
        inside = into and not (contents and operand.endswith("/."))
        name = os.path.basename(os.path.normpath(source))
        yield source, os.path.join(target, name) if inside else target, f"{operand} to {last}"


def _copy(source: str, target: str, *, recursive: bool) -> None:
    if not os.path.isdir(source):
        _copy_file(source, target)
    elif not recursive:
        raise CommandError("source was a directory; maybe specify -r")
    elif os.path.islink(source.rstrip("/")):
        raise CommandError("symlinks to directories are not supported")
    elif os.path.isfile(target):
        raise CommandError("destination was a file")
    elif _is_within(target, source):
        raise CommandError("cannot copy a directory into itself")
    else:
        _copy_tree(source, target)


def _is_within(path: str, folder: str) -> bool:
    real, above = os.path.realpath(path), os.path.realpath(folder)
    return real == above or real.startswith(above + os.sep)


def _copy_tree(source: str, target: str) -> None:
    os.makedirs(target, exist_ok=True)
    with os.scandir(source) as entries:
        for entry in list(entries):
            there = os.path.join(target, entry.name)
            if entry.is_dir(follow_symlinks=False):
                _copy_tree(entry.path, there)
            elif entry.is_file(follow_symlinks=False):
                _copy_file(entry.path, there)


def _copy_file(source: str, target: str) -> None:
    with open(source, "rb") as reading:
        found = os.fstat(reading.fileno())
        if os.path.exists(target) and os.path.samestat(found, os.stat(target)):
            raise CommandError("source and destination are the same file")
        with open(target, "wb") as writing:
            while chunk := reading.read(CHUNK):
                writing.write(chunk)
    os.chmod(target, found.st_mode & 0o7777)
