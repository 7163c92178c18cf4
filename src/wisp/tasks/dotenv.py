"""Variables from `.env` files, and how their values are kept out of what wisp prints."""

from __future__ import annotations

from wisp.errors import Place, TaskError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
#: Shorter values would blot out half of every line, and are no secrets.
SHORTEST_SECRET = 4

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}


def parse(text: str, file: str = ".env") -> dict[str, str]:
    """Read `NAME=value` lines.

    `export` in front, comments, single quotes (as is) and double quotes (with escapes such as
    backslash-n) are understood; quoted values may span lines. Nothing is expanded. Raises
    `TaskError` with the line of anything else.
    """
    values: dict[str, str] = {}
    if "\0" in text:
        raise _fault("no variable can hold a NUL", file, text[: text.index("\0")].count("\n") + 1)
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        bare = line.strip().removeprefix("export ").lstrip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, rest = bare.partition("=")
        name, rest = name.rstrip(), rest.lstrip()
        if not equals or not name.replace("_", "a").isalnum():
            raise _fault("expected `NAME=value`", file, number)
        if rest[:1] in ("'", '"'):
            quote, looked = rest[0], 1
            while (end := _closing(rest, quote, looked)) < 0:
                looked = len(rest)
                more = next(lines, None)
                if more is None:
                    raise _fault("a quote is not closed", file, number)
                rest += "\n" + more[1]
            values[name] = rest[1:end] if quote == "'" else _unescape(rest[1:end])
        else:
            values[name] = rest.partition(" #")[0].rstrip()
    return values


def _closing(text: str, quote: str, index: int) -> int:
    """Where from `index` on the quote that opens a text is closed, -1 if it is not."""
    while index < len(text):
        if text[index] == quote:
            return index
        index += 2 if quote == '"' and text[index] == "\\" else 1
    return -1


def _unescape(text: str) -> str:
    parts = []
    index = 0
    while index < len(text):
        after = text[index + 1 : index + 2]
        if text[index] == "\\" and after in _ESCAPES:
            parts.append(_ESCAPES[after])
            index += 2
        else:
            parts.append(text[index])
            index += 1
    return "".join(parts)


def _fault(reason: str, file: str, line: int) -> TaskError:
    """Name the place only: the line itself may hold a secret."""
    return TaskError(f"cannot read '{file}': {reason}", place=Place(file, line, 1))


def read(root: str, paths: Iterable[str]) -> dict[str, str]:
    """Read files given relative to the workspace root; later ones win. Raises `TaskError`."""
    import os

    from wisp.trust import found_text

    values: dict[str, str] = {}
    for path in paths:
        try:
            values.update(parse(found_text(os.path.join(root, path)), path))
        except (OSError, UnicodeDecodeError) as error:
            raise TaskError(f"cannot read the env-file '{path}'", causes=(str(error),)) from error
    return values


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return a text without the secrets in it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    return text
