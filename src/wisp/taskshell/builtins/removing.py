"""`rm`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.arguments import spelled, split
from wisp.taskshell.builtins.call import CommandError, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall

FLAGS = {
    **spelled("recursive", ("-r", "-R", "--recursive")),
    **spelled("force", ("-f", "--force")),
    **spelled("folders", ("-d", "--dir")),
}


def rm(call: BuiltinCall) -> int:
    """Remove files, with `-d` empty folders, with `-r` whole trees."""
    flags, operands = split(call.arguments, FLAGS)
    if not operands:
        raise CommandError("missing operand")
    for operand in operands:
        try:
            _remove(call.path(operand), flags)
        except FileNotFoundError as error:
            if "force" not in flags:
                raise refused(f"cannot remove '{operand}'", error) from error
        except OSError as error:
            raise refused(f"cannot remove '{operand}'", error) from error
    return 0


def _remove(path: str, flags: set[str]) -> None:
    if not os.path.isdir(path) or os.path.islink(path):
        os.unlink(path)
    elif "recursive" in flags:
        _remove_tree(path)
    elif "folders" in flags:
        os.rmdir(path)
    else:
        import errno

        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _remove_tree(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                _remove_tree(entry.path)
            else:
                os.unlink(entry.path)
    os.rmdir(folder)
