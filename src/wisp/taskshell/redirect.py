"""Opening what a redirect names."""

from __future__ import annotations

import os
import stat

from wisp.taskshell.streams import Stream, Streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.state import State
    from wisp.taskshell.tree import Redirect, Word

NULL_DEVICE = "/dev/null"
"""Means the null device on every platform."""

_FLAGS = {
    "<": os.O_RDONLY,
    ">": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    ">>": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}


class RedirectError(Exception):
    """The redirect cannot be made: the command fails with status 1 and this text."""


def reason(error: OSError) -> str:
    """Word a refusal of the system the way the whole shell does."""
    return f"{error.strerror} (os error {error.errno})"


def redirected(
    redirect: Redirect,
    streams: Streams,
    state: State,
    expand: Callable[[Word], list[str]],
    before_waiting: Callable[[], None],
) -> tuple[Streams, list[Stream]]:
    """Give the streams behind a redirect, and those opened for it.

    Opening a named pipe waits for its other side: `before_waiting` is called first.

    Raises `RedirectError`: a number that is not supported, a word that is not one path, a file
    that cannot be opened; `ExpansionError`: the word has no value.
    """
    if isinstance(redirect.target, int):
        return duplicated(redirect, redirect.target, streams), []
    path = _one_path(expand(redirect.target))
    if redirect.operator == "<":
        _check_input(redirect)
    where = os.devnull if path == NULL_DEVICE else state.path(path)
    if _is_named_pipe(where):
        before_waiting()
    opened = Stream(_open(where, redirect.operator))
    try:
        return _placed(redirect, opened, streams), [opened]
    except RedirectError:
        opened.close()
        raise


def duplicated(redirect: Redirect, number: int, streams: Streams) -> Streams:
    """Give the streams behind `N>&M`.

    Raises `RedirectError`: a number other than 1 and 2, an input.
    """
    if redirect.operator == "<":
        raise RedirectError("input redirects with file descriptors are not supported")
    target = {1: streams.output, 2: streams.errors}.get(number)
    if target is None:
        raise RedirectError(
            "redirecting to file descriptors beyond stdout and stderr is not supported"
        )
    return _placed(redirect, target, streams)


def _placed(redirect: Redirect, stream: Stream, streams: Streams) -> Streams:
    if redirect.operator == "<":
        return Streams(stream, streams.output, streams.errors)
    if redirect.both:
        return Streams(streams.input, stream, stream)
    if redirect.stream in (None, 1):
        return Streams(streams.input, stream, streams.errors)
    if redirect.stream == 2:
        return Streams(streams.input, streams.output, stream)
    raise RedirectError("only redirecting to stdout (1) and stderr (2) is supported")


def _check_input(redirect: Redirect) -> None:
    if redirect.both or redirect.stream is not None:
        raise RedirectError("input redirects with file descriptors are not supported")


def _one_path(paths: list[str]) -> str:
    if len(paths) == 1:
        return paths[0]
    message = f"redirect path must be 1 argument, but found {len(paths)}"
    if paths:
        joined = " ".join(paths)
        message += f' ({joined}). Did you mean to quote it (ex. "{joined}")?'
    raise RedirectError(message)


def _is_named_pipe(path: str) -> bool:
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _open(path: str, operator: str) -> int:
    try:
        return os.open(path, _FLAGS[operator] | getattr(os, "O_BINARY", 0), 0o666)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise RedirectError(f"error opening file for redirect ({path}). {why}") from error
