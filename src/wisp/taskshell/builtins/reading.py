"""`cat` and `head`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.arguments import flags_and_operands, split, unsupported
from wisp.taskshell.builtins.call import CommandError
from wisp.taskshell.redirect import reason
from wisp.taskshell.streams import Reader, Stream, pump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall

STANDARD_INPUT = "-"
DEFAULT_LINES = 10


def cat(call: BuiltinCall) -> int:
    """Print files one behind the other; a missing one is reported and the rest printed."""
    _, operands = split(call.arguments, {})
    status = 0
    for operand in operands or [STANDARD_INPUT]:
        try:
            stream = _open(call, operand)
        except OSError as error:
            call.complain(f"{operand}: {reason(error)}")
            status = 1
            continue
        try:
            _print_all(call, stream)
        finally:
            _close(stream)
    return status


def head(call: BuiltinCall) -> int:
    """Print the first lines, or with a negative number all but the last ones."""
    lines, operands = _head_operands(call.arguments)
    if len(operands) > 1:
        raise CommandError("only one file is supported for now")
    operand = operands[0] if operands else STANDARD_INPUT
    try:
        stream = _open(call, operand)
    except OSError as error:
        raise CommandError(f"{operand}: {reason(error)}") from error
    try:
        if lines >= 0:
            _print_first(call, stream, lines)
        else:
            _print_all_but(call, stream, -lines)
    finally:
        _close(stream)
    return 0


def _open(call: BuiltinCall, operand: str) -> Stream | None:
    """Open a file; None stands for the standard input."""
    if operand == STANDARD_INPUT:
        return None
    return Stream(os.open(call.path(operand), os.O_RDONLY | getattr(os, "O_BINARY", 0)))


def _close(stream: Stream | None) -> None:
    if stream:
        stream.close()


def _reader(call: BuiltinCall, stream: Stream | None) -> Reader:
    return Reader(stream, call.control) if stream else call.reader()


def _print_all(call: BuiltinCall, stream: Stream | None) -> None:
    pump(_reader(call, stream), call.writer())


def _head_operands(arguments: list[str]) -> tuple[int, list[str]]:
    lines, operands = DEFAULT_LINES, []
    found = iter(flags_and_operands(arguments))
    for kind, text in found:
        if kind == "operand":
            operands.append(text)
        elif text == "-n":
            kind, value = next(found, ("", ""))
            if kind != "operand":
                raise CommandError("expected a value following -n")
            lines = _number(value, "following -n")
        elif text == "--lines":
            raise CommandError("expected a value for --lines")
        elif text.startswith("--lines="):
            lines = _number(text.partition("=")[2], "for --lines")
        else:
            raise unsupported(text)
    return lines, operands


def _number(text: str, where: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CommandError(f"expected a numeric value {where}") from None


def _print_first(call: BuiltinCall, stream: Stream | None, lines: int) -> None:
    reader, writer = _reader(call, stream), call.writer()
    while lines > 0 and (chunk := reader.read()):
        pieces = chunk.split(b"\n", lines)
        # The piece behind the last wanted line end is not wanted.
        if len(pieces) > lines:
            chunk = chunk[: len(chunk) - len(pieces[-1])]
        writer.write(chunk)
        lines -= len(pieces) - 1


def _print_all_but(call: BuiltinCall, stream: Stream | None, lines: int) -> None:
    *whole, rest = _reader(call, stream).rest().split(b"\n")
    held = [line + b"\n" for line in whole] + ([rest] if rest else [])
    call.writer().write(b"".join(held[:-lines]))
