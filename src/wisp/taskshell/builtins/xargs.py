"""`xargs`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.arguments import unsupported
from wisp.taskshell.builtins.call import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wisp.taskshell.builtins.call import BuiltinCall

ESCAPES = {"\\n": "\n", "\\t": "\t", "\\0": "\0", "\\\\": "\\"}
UNMATCHED = "unmatched quote; by default quotes are special to xargs unless you use the -0 option"


def xargs(call: BuiltinCall) -> int:
    """Run a command once, with the items of the standard input behind its own arguments."""
    delimiter, command = _options(call.arguments)
    text = os.fsdecode(call.reader().rest())
    items = _quoted_items(text) if delimiter is None else _plain_items(text, delimiter)
    return call.run([*(command or ["echo"]), *items])


def _options(arguments: list[str]) -> tuple[str | None, list[str]]:
    delimiter = None
    words = list(arguments)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        if word in ("-0", "--null"):
            delimiter = "\0"
        elif word == "-d":
            if not words:
                raise CommandError("expected delimiter argument following -d")
            delimiter = _delimiter(words.pop(0))
        elif word.startswith("--delimiter="):
            delimiter = _delimiter(word.partition("=")[2])
        else:
            raise unsupported(word if word.startswith("--") else word[:2])
    return delimiter, words


def _delimiter(text: str) -> str:
    character = ESCAPES.get(text, text)
    if len(character) != 1 or not character.isascii():
        raise CommandError("delimiter must be a single byte character")
    return character


def _plain_items(text: str, delimiter: str) -> list[str]:
    items = text.split(delimiter)
    return items[:-1] if not items[-1] else items


def _quoted_items(text: str) -> list[str]:
    items: list[str] = []
    item: list[str] | None = None
    characters = iter(text)
    for character in characters:
        if character.isspace():
            if item is not None:
                items.append("".join(item))
            item = None
            continue
        item = [] if item is None else item
        if character in "'\"":
            item.extend(_until(character, characters))
        else:
            item.append(next(characters, "") if character == "\\" else character)
    if item is not None:
        items.append("".join(item))
    return items


def _until(quote: str, characters: Iterator[str]) -> list[str]:
    found: list[str] = []
    for character in characters:
        if character == quote:
            return found
        if character == "\n":
            break
        found.append(character)
    raise CommandError(UNMATCHED)
