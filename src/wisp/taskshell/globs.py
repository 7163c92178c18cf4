"""Matching words against file names.

The rules are those of Rust's `glob` with hidden names excluded: a component with a wildcard
ignores ASCII case and never matches a hidden name, one without a wildcard is taken exactly;
`**` as a whole component means any depth of folders; names come in byte order.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    Token: TypeAlias = str | tuple[bool, list[tuple[str, str]]]
    """A character, `ANY_ONE`, `ANY_RUN`, or (negated, ranges) for a bracket."""

WILDCARDS = "*?["
ANY_ONE = "one"
ANY_RUN = "run"
RECURSIVE = "**"


class PatternError(Exception):
    """A text with wildcards that is no pattern: an unclosed `[`, `**` inside a component."""


def quote(text: str) -> str:
    """Give the pattern that matches exactly `text`."""
    return "".join(f"[{char}]" if char in "*?[]" else char for char in text)


def find(pattern: str, cwd: str, *, globstar: bool) -> list[str]:
    """Give the existing paths a pattern matches, in order; relative ones relative to `cwd`.

    Raises `PatternError`: the text is no pattern.
    """
    if not globstar:
        while "**" in pattern:
            pattern = pattern.replace("**", "*")
    absolute = os.path.isabs(pattern)
    components = _components(pattern.lstrip("/") if absolute else pattern)
    root = pattern[: len(pattern) - len(pattern.lstrip("/"))] if absolute else ""
    folders_only = pattern.endswith("/")
    walk = _Walk(cwd, components, folders_only)
    return [_tidy(path) for path in walk.below(root, 0)]


class _Walk:
    """One search: paths are texts relative to `cwd`, "" is `cwd` itself."""

    __slots__ = ("cwd", "folders_only", "patterns")

    def __init__(self, cwd: str, components: list[str], folders_only: bool) -> None:
        self.cwd = cwd
        self.folders_only = folders_only
        self.patterns = [_compile(component) for component in components]

    def below(self, folder: str, index: int, above: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield what the patterns from `index` on match inside `folder`."""
        pattern = self.patterns[index]
        if isinstance(pattern, str) and pattern != RECURSIVE:
            path = os.path.join(folder, pattern)
            if os.path.lexists(os.path.join(self.cwd, path)):
                yield from self._found(path, index)
            return
        if pattern[0] == ".":
            for special in ("..", "."):
                if _matches(pattern, special):
                    yield from self._found(os.path.join(folder, special), index)
        for name in _names(os.path.join(self.cwd, folder)):
            yield from self._visit(os.path.join(folder, name), name, index, above)

    def _visit(self, path: str, name: str, index: int, above: tuple[str, ...]) -> Iterator[str]:
        if self.patterns[index] != RECURSIVE:
            if _matches(self.patterns[index], name):
                yield from self._found(path, index)
            return
        while index + 1 < len(self.patterns) and self.patterns[index + 1] == RECURSIVE:
            index += 1
        if index + 1 == len(self.patterns):
            if self._is_folder(path):
                yield path
        elif _matches(self.patterns[index + 1], name):
            yield from self._found(path, index + 1)
        if self._is_folder(path):
            real = os.path.realpath(os.path.join(self.cwd, path))
            # A link to a folder above would be walked until the system gives up.
            if real not in above:
                yield from self.below(path, index, (*above, real))

    def _found(self, path: str, index: int) -> Iterator[str]:
        if index + 1 < len(self.patterns):
            if self._is_folder(path):
                yield from self.below(path, index + 1)
        elif not self.folders_only or self._is_folder(path):
            yield path

    def _is_folder(self, path: str) -> bool:
        return os.path.isdir(os.path.join(self.cwd, path))


def _names(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted((name for name in names if not name.startswith(".")), key=os.fsencode)


def _components(pattern: str) -> list[str]:
    return [part for part in pattern.split("/") if part]


def _compile(component: str) -> str | list[Token]:
    """Give the name itself, `RECURSIVE`, or the tokens of a component with wildcards."""
    if component == RECURSIVE or not any(char in component for char in WILDCARDS):
        return component
    if "**" in component:
        raise PatternError(component)
    tokens: list[Token] = []
    at = 0
    while at < len(component):
        character = component[at]
        if character == "[":
            token, at = _bracket(component, at)
            tokens.append(token)
            continue
        tokens.append({"*": ANY_RUN, "?": ANY_ONE}.get(character, character))
        at += 1
    return tokens


def _bracket(component: str, at: int) -> tuple[Token, int]:
    negated = component[at + 1 : at + 2] == "!"
    first = at + 2 if negated else at + 1
    # The first character belongs to the set even if it is the closing bracket.
    end = component.find("]", first + 1)
    if end < 0:
        raise PatternError(component)
    ranges = []
    while first < end:
        last = first + 2 if component[first + 1] == "-" and first + 2 < end else first
        ranges.append((component[first], component[last]))
        first = last + 1
    return (negated, ranges), end + 1


def _matches(pattern: str | list[Token], name: str) -> bool:
    """Say whether a component's tokens match a whole name; linear apart from the last `*`."""
    at = spot = 0
    retry = retry_spot = -1
    while spot < len(name):
        token = pattern[at] if at < len(pattern) else None
        if token == ANY_RUN:
            retry, retry_spot = at, spot
            at += 1
        elif token is not None and _matches_one(token, name[spot]):
            at += 1
            spot += 1
        elif retry >= 0:
            retry_spot += 1
            at, spot = retry + 1, retry_spot
        else:
            return False
    return all(token == ANY_RUN for token in pattern[at:])


def _matches_one(token: Token, character: str) -> bool:
    if token == ANY_ONE:
        return True
    if isinstance(token, str):
        return _folded(token) == _folded(character)
    negated, ranges = token
    return negated != any(_in_range(character, first, last) for first, last in ranges)


def _in_range(character: str, first: str, last: str) -> bool:
    if first <= character <= last:
        return True
    same_case = first.isalpha() and last.isalpha()
    return same_case and _folded(first) <= _folded(character) <= _folded(last)


def _folded(character: str) -> str:
    return character.lower() if character.isascii() else character


def _tidy(path: str) -> str:
    """Drop `.` components in front and behind, as Rust's paths do."""
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    while path.endswith("/."):
        path = path[:-2].rstrip("/")
    return "" if path == "." else path
