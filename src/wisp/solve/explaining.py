"""What to do about requirements that cannot be met: hints, from the explanations of the engines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wisp.compat import CompatLevel, subdir_key
from wisp.errors import SolveError
from wisp.patterns import pattern
from wisp.specs.pypi import normalize

_ABSENT = pattern(r"No candidates were found for ([\w.-]*\w)")
_EXACT = pattern(r"No candidates were found for [\w.-]*\w ==(\d+(?:\.\d+)?)\.(?!\d)")
_BARE_VERSION = pattern(r"\d+(\.\d+)*")
_UNREGISTERED = pattern(r"([\w.-]*\w) was not found in the (?:package registry|provided)")
_VIRTUAL = pattern(r"(__\w+)(?: (?:[<>=!~]=?)*([\d.]+)\S*| \S+)?, for which no candidates")
#: Virtual packages and the keys of a platform entry that stand for them.
_KEYS = {
    "__amdgpu": "amdgpu",
    "__cuda": "cuda",
    "__glibc": "glibc",
    "__linux": "linux",
    "__osx": "macos",
}
_EXAMPLES = {"cuda": "12", "glibc": "2.28", "macos": "13.0", "linux": "4.18"}

_NAME = r"([A-Za-z0-9][\w.-]*[A-Za-z0-9]|[A-Za-z0-9])"
_NONE = pattern(rf"there\s+is\s+no\s+version\s+of\s+{_NAME}((?:==|<|>|~=|!=)[^\s,]+)")
_ONLY = pattern(rf"only\s+{_NAME}(?:==|<|>|~=|!=)[^\s,]+\s+is\s+available")
#: A name with what is asked of it, or where it is from.
_MENTIONED = pattern(rf"{_NAME}(?:\[[^\]]*\])?(?:==|<|>|~=|!=| @ )")


def conda_hints(error: SolveError, subdir: str, level: CompatLevel) -> tuple[str, ...]:
    """Advise on a failed conda solve for a platform with this subdir, in the words of a level."""
    lacking: dict[str, str] = {}
    for name, version in _VIRTUAL.findall(_explanation(error)):
        lacking.setdefault(name, version)
    key = subdir_key(level)
    return tuple(_platform_entry(one, lacking[one], key, subdir) for one in lacking if one in _KEYS)


def absent_names(error: SolveError) -> tuple[str, ...]:
    """Name what a failed conda solve asks for and no channel has, but for virtual packages."""
    names = dict.fromkeys(_ABSENT.findall(_explanation(error)))
    return tuple(name for name in names if not name.startswith("__"))


def version_hints(error: SolveError) -> tuple[str, ...]:
    """Advise where a version stands for a package, or a short one is asked for exactly."""
    text = _explanation(error)
    versions = [name for name in absent_names(error) if _BARE_VERSION.fullmatch(name)]
    return (
        *(f"`{one}` is a version, it stands behind its package: `NAME={one}`" for one in versions),
        *(
            f"`=={one}` is this version alone, `{one}.*` any that begins with it"
            for one in _EXACT.findall(text)
        ),
    )


def unregistered_names(error: SolveError) -> tuple[str, ...]:
    """Name what a failed PyPI resolution asks for and no index has."""
    return tuple(dict.fromkeys(_UNREGISTERED.findall(_explanation(error))))


def _explanation(error: SolveError) -> str:
    return "\n".join(map(str, error.causes))


def _platform_entry(package: str, version: str, place: str, subdir: str) -> str:
    key = _KEYS[package]
    value = "true" if key == "amdgpu" else f'"{version or _EXAMPLES[key]}"'
    entry = f'{{ {place} = "{subdir}", {key} = {value} }}'
    where = "in its place in `platforms` of `[workspace]`"
    return f"the platform has no {package}: if its machines have it, write `{entry}` {where}"


def pinned_by_conda(error: SolveError, held: Mapping[str, str]) -> SolveError:
    """Say of a failed PyPI resolution which of the names in it conda has already chosen.

    `held` are versions by normalised name. To the resolver a held version is the only one there is,
    so what it calls missing is only not chosen.
    """
    text = _explanation(error)
    known = {normalize(name) for name in _MENTIONED.findall(text)}
    pins = [f"{name}=={version}" for name, version in held.items() if name in known]
    if not pins:
        return error

    def none(found: re.Match[str]) -> str:
        version = held.get(normalize(found[1]))
        if version is None:
            return found[0]
        return f"the conda packages have {found[1]}=={version} and not {found[1]}{found[2]}"

    def only(found: re.Match[str]) -> str:
        version = held.get(normalize(found[1]))
        return found[0] if version is None else f"the conda packages have {found[1]}=={version}"

    told = _ONLY.sub(only, _NONE.sub(none, text))
    hint = (
        f"pinned by the conda solve: {', '.join(sorted(pins))}; loosen that in `[dependencies]`, "
        "or ask there for a version that suits both"
    )
    return SolveError(error.message, causes=[told], hints=(*error.hints, hint))
