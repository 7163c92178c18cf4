"""What a file of an environment is, told by its path alone."""

from __future__ import annotations

from wisp.patterns import pattern

#: Kinds in the order in which they are asked for, with the paths that are of them.
_KINDS = (
    ("records", r"(.*/)?(conda-meta|[^/]+\.dist-info|[^/]+\.egg-info)(/.*)?"),
    ("bytecode", r".*\.py[co]"),
    ("tests", r"(.*/)?lib/python[^/]+/(.*/)?(tests?|idle_test)/.*"),
    ("static libraries", r".*\.(a|la|lib)"),
    ("libraries", r".*\.(so|dylib|dll|pyd)(\.[0-9.]+)?"),
    ("headers", r"(.*/)?include/.*|.*\.(h|hpp|cuh)"),
    ("typing", r".*\.pyi"),
    ("Python", r".*\.py"),
    ("documentation", r"(.*/)?(share/)?(doc|man|info|gtk-doc)/.*|.*\.(md|rst)"),
    ("translations", r"(.*/)?(locale|i18n)/.*|.*\.(mo|po)"),
    ("programs", r"(.*/)?s?bin/.*"),
)
_RULES = tuple((kind, pattern(text)) for kind, text in _KINDS)
OTHER = "data"


def kind_of(path: str) -> str:
    """Return the kind of a file; what is none of the others is data."""
    return next((kind for kind, rule in _RULES if rule.fullmatch(path)), OTHER)
