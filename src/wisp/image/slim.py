"""What may be left out of a prefix. Pure rules on paths relative to the prefix.

The safe ones take away what only builds and readers of manuals need. `conda-meta` and the
metadata of wheels stay as they are, whatever they list: scanners read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wisp.errors import UsageError
from wisp.patterns import pattern
from wisp.specs.similarity import mistyped

Rule = Callable[[str], bool]

_STATIC = pattern(r".*\.(a|la)")
_HEADERS = pattern(
    r"include/.*|(lib|share)/pkgconfig/.*|lib/cmake/.*|lib/python[^/]+/config-[^/]+/.*"
)
_DOCS = pattern(r"(share/)?(man|doc|info|gtk-doc)/.*")
_TESTS = pattern(r"lib/python[^/]+/(.*/)?(tests?|idle_test)/.*")
_LOCALE = pattern(r"share/locale/.*")
_ENSUREPIP = pattern(r"lib/python[^/]+/ensurepip/_bundled/.*")
_WINDOWS = pattern(r"lib/python[^/]+/.*\.exe")

#: The rule by which a part of files is left out: see `wisp.image.stripping`.
DEBUG = "debug"

RULES: Mapping[str, Rule] = {
    "static": lambda path: bool(_STATIC.fullmatch(path)),
    "headers": lambda path: bool(_HEADERS.fullmatch(path)),
    "docs": lambda path: bool(_DOCS.fullmatch(path)),
    "tests": lambda path: bool(_TESTS.fullmatch(path)),
    "locale": lambda path: bool(_LOCALE.fullmatch(path)),
    "pyi": lambda path: path.endswith(".pyi"),
    # A module that comes without its source has its bytecode elsewhere, and needs it.
    "pyc": lambda path: path.endswith(".pyc") and "__pycache__/" in path,
    "ensurepip": lambda path: bool(_ENSUREPIP.fullmatch(path)),
    "windows": lambda path: bool(_WINDOWS.fullmatch(path)),
    DEBUG: lambda _path: False,
}
SAFE = ("static", "headers", "docs")
#: Words that stand for several rules.
GROUPS: Mapping[str, tuple[str, ...]] = {"none": (), "safe": SAFE, "all": tuple(RULES)}


def chosen_rules(words: Iterable[str]) -> tuple[str, ...]:
    """Return the rules that words name, each once, in their usual order.

    Raises:
        UsageError: A word names none.

    """
    found: set[str] = set()
    for word in words:
        if word not in RULES and word not in GROUPS:
            words_known = (*RULES, *GROUPS)
            known = ", ".join(f"`{name}`" for name in words_known)
            raise UsageError(
                f"`{word}` is no rule of slimming",
                hints=[*mistyped(word, words_known), f"there are {known}"],
            )
        found.update(GROUPS.get(word, (word,)))
    return tuple(name for name in RULES if name in found)


def keeps(rules: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a path stays."""
    active = [RULES[name] for name in rules]
    return lambda path: not any(rule(path) for rule in active)
