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

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

_WILD = frozenset("*?[{")
_EVERYTHING = ("**", "**/*")
#: The length of a pattern: no path that a system takes is longer.
_LONGEST = 4_096
#: The characters that the braces of one component may mean: `{a,b}` thirty times over has no end.
_LARGEST = 200_000
#: A wildcard among the expressions of a component.
_ANY = "\0"


class Pattern:
    """A pattern made ready: what it matches, where to look, and its view of hidden names."""

    __slots__ = ("expression", "hidden", "negated", "start")

    def __init__(self, text: str, *, hidden: bool, negated: bool) -> None:
        import re

        self.negated = negated
        self.hidden = hidden
        self.start = _literal_start(text)
        self.expression: re.Pattern[str] = re.compile(_translate(text), re.DOTALL)

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


def _translate(text: str) -> str:
    """Write a pattern as a regular expression over a whole relative path.

    What lies between two wildcards is taken where it fits first, and never elsewhere again: to try
    all places for each would take time without measure.
    """
    groups: list[list[str]] = [[]]
    for part in text.split("/"):
        if part != "**":
            groups[-1].append(_component(part))
        elif groups[-1] or len(groups) == 1:
            groups.append([])
    first, *later = groups
    if not later:
        return "/".join(first)
    *between, last = later
    begun = "".join(f"{part}/" for part in first)
    held = "".join(f"(?>(?:.+?/)??{'/'.join(group)}/)" for group in between)
    return begun + held + ("(?:.+/)?" + "/".join(last) if last else ".+")


def _component(part: str) -> str:
    """Write one component: `*`, `?`, `[…]` and `{a,b}` stay inside it."""
    written = "|".join(map(_written, _alternatives(part)))
    return f"(?>(?:{written})(?![^/]))"


def _written(text: str) -> str:
    """Write what is between the wildcards of a component, each run where it fits first."""
    first, *later = text.split(_ANY)
    if not later:
        return first
    *between, last = later
    return first + "".join(f"(?>[^/]*?{run})" for run in between) + "[^/]*" + last


def _alternatives(part: str) -> list[str]:
    """Spell the braces of a component out; one that is not closed makes all of them plain.

    Raises `TaskError` where that has no measure.
    """
    tokens = list(_tokens(part))
    outside: list[tuple[list[str], list[str]]] = []
    spelled = [""]
    for token in tokens:
        if token == "{":
            outside.append((spelled, []))
            spelled = [""]
        elif token == "," and outside:
            outside[-1][1].extend(spelled)
            spelled = [""]
        elif token == "}" and outside:
            before, others = outside.pop()
            spelled = [one + other for one in before for other in (*others, *spelled)]
        else:
            spelled = [one + token for one in spelled]
        if len(spelled) * len(part) > _LARGEST:
            raise TaskError(f"the braces of a pattern mean too many names: `{part[:60]}`")
    return (
        ["".join(f"\\{sign}" if sign in "{}" else sign for sign in tokens)] if outside else spelled
    )


def _tokens(part: str) -> Iterator[str]:
    """Yield a component in expressions for a character each, braces and commas as they are."""
    import re

    index = 0
    while index < len(part):
        char = part[index]
        negated = part[index + 1 : index + 2] in ("!", "^")
        close = part.find("]", index + 2 + negated) if char == "[" else -1
        if close > 0:
            yield _class(part[index + 1 + negated : close], negated=negated)
            index = close
        elif char in "{,}":
            yield char
        else:
            yield {"*": _ANY, "?": "[^/]"}.get(char) or re.escape(char)
        index += 1


def _class(inside: str, *, negated: bool) -> str:
    """Write the characters of `[…]`; raises `TaskError` for a range that ends before it begins."""
    import re

    escaped = re.sub(r"([\\\[\]&~|^])", r"\\\1", inside)
    try:
        re.compile(f"[{escaped}]")
    except re.error as error:
        raise TaskError(f"`[{inside[:60]}]` of a pattern is no class of characters") from error
    return f"[^/{escaped}]" if negated else f"[{escaped}]"
