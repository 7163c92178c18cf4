"""Which files of a workspace a list of patterns means (`inputs` and `outputs` of tasks).

Patterns are those of `.gitignore` files, read as a list of what to take: relative to the root,
the last one that fits decides, `!` leaves out. Unlike there, a name without wildcard is only
meant in the root, an existing folder (or a trailing slash) means all below it, and hidden files
are left alone by the patterns that mean "everything" (`**`, `**/*`, `.`, nothing but `!`), also
where these look into a hidden folder (`.h/**`). A last `.*` means hidden files wherever they are.
"""

from __future__ import annotations

import os

from wisp.errors import TaskError
from wisp.tasks.glob_patterns import translated

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

_WILD = frozenset("*?[{")
_EVERYTHING = ("**", "**/*")
#: The length of a pattern: no path that a system takes is longer.
_LONGEST = 4_096


class Pattern:
    """A pattern made ready: what it matches, where to look, and its view of hidden names."""

    __slots__ = ("expression", "hidden", "negated", "start")

    def __init__(self, text: str, *, hidden: bool, negated: bool) -> None:
        import re

        self.negated = negated
        self.hidden = hidden
        self.start = _literal_start(text)
        self.expression: re.Pattern[str] = re.compile(translated(text), re.DOTALL)

    def fits(self, path: str) -> bool:
        """Whether the pattern means this file; a hidden folder must be meant by itself."""
        if self.expression.fullmatch(path) is None:
            return False
        if self.negated:
            return True
        if not self.hidden:
            inside = path.removeprefix(self.start)
            return not any(part.startswith(".") for part in inside.split("/"))
        return all(self._enters(folder) for folder in _hidden_folders(path))

    def _enters(self, folder: str) -> bool:
        inside_start = f"{self.start}/".startswith(f"{folder}/")
        return inside_start or self.expression.fullmatch(folder) is not None


def _hidden_folders(path: str) -> Iterator[str]:
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        if part.startswith("."):
            yield "/".join(parts[: index + 1])


def files(root: str, patterns: Sequence[str]) -> list[str]:
    """Return the files that the patterns mean, relative to `root`, sorted, with `/`."""
    ready = [p for text in patterns if (p := _prepare(root, text)) is not None]
    if ready and all(pattern.negated for pattern in ready):
        ready.insert(0, Pattern("**", hidden=False, negated=False))
    starts = {pattern.start for pattern in ready if not pattern.negated}
    roots = [s for s in starts if not any(s != o and _inside(s, o) for o in starts)]
    found: set[str] = set()
    for start in roots:
        found.update(path for path in _walk(root, start) if _taken(path, ready))
    return sorted(found, key=lambda path: path.split("/"))


def check(root: str, patterns: Sequence[str]) -> None:
    """Raise `TaskError` for a pattern that is none, before anything depends on it."""
    for text in patterns:
        _prepare(root, text)


def _inside(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def _taken(path: str, patterns: Sequence[Pattern]) -> bool:
    for pattern in reversed(patterns):
        if pattern.fits(path):
            return not pattern.negated
    return False


def _prepare(root: str, text: str) -> Pattern | None:
    """Bring a pattern into its full form; None for one that can match nothing.

    Raises `TaskError` for one that is none, or that would take time without measure.
    """
    if len(text) > _LONGEST:
        raise TaskError(f"a pattern is longer than any path: `{text[:60]}`")
    negated = text.startswith("!")
    text = text.removeprefix("!")
    wild = any(char in _WILD for char in text)
    if text.startswith("./") and wild:
        text = text[2:]
    rooted = text.startswith("/")
    text = text.removeprefix("/")
    if ".." in text.split("/") or (text.startswith("./") and text != "./"):
        return None
    hidden = not _is_everything(text)
    if text.endswith("/.*"):
        text = "**/.*"
    elif text in (".", "./", ""):
        text = "**"
    elif text.endswith("/"):
        text += "**"
    elif os.path.isdir(os.path.join(root, text)):
        text += "/**"
    elif wild and "/" not in text and not rooted and text != "**":
        text = "**/" + text
    return Pattern(text, hidden=hidden, negated=negated)


def _is_everything(text: str) -> bool:
    """Whether a pattern means all files of the root, or of a hidden folder, but no hidden ones."""
    if text in (".", "./"):
        return True
    start = _literal_start(text)
    rest = text.removeprefix(start).removeprefix("/")
    return rest in _EVERYTHING and (not start or "/." in f"/{start}")


def _literal_start(text: str) -> str:
    """The folders in front of the first wildcard, or the whole of a plain path."""
    parts = text.split("/")
    for index, part in enumerate(parts):
        if any(char in _WILD for char in part):
            return "/".join(parts[:index])
    return text


def _walk(root: str, start: str) -> Iterator[str]:
    """Yield every file below a folder of the root, or the file itself."""
    top = os.path.join(root, start) if start else root
    if os.path.isfile(top):
        yield start
        return
    stack = [(top, start)]
    while stack:
        folder, prefix = stack.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            name = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_dir(follow_symlinks=False):
                stack.append((entry.path, name))
            elif entry.is_file():
                yield name
