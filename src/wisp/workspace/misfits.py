"""Why no platform of an environment fits a machine, and what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.errors import ManifestError
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.patterns import pattern
from wisp.platforms import EXACT, Platform, VirtualPackage, customised, provides

Lacking = Mapping[str, Sequence[VirtualPackage]]

#: Variables that stand in for a virtual package, and the family of subdirs that heeds them.
_OVERRIDES = {
    "__glibc": ("CONDA_OVERRIDE_GLIBC", "linux"),
    "__linux": ("CONDA_OVERRIDE_LINUX", "linux"),
    "__osx": ("CONDA_OVERRIDE_OSX", "osx"),
    "__win": ("CONDA_OVERRIDE_WIN", "win"),
    "__cuda": ("CONDA_OVERRIDE_CUDA", ""),
    "__amdgpu": ("CONDA_OVERRIDE_AMDGPU", ""),
    "__amdgpu_arch": ("CONDA_OVERRIDE_AMDGPU_ARCH", ""),
    "__archspec": ("CONDA_OVERRIDE_ARCHSPEC", ""),
}
_VERSION = pattern(r"\d[\w.]*")


def misfit(
    environment: str,
    platforms: Iterable[Platform],
    subdir: str,
    provided: tuple[VirtualPackage, ...],
    *,
    unmet: Sequence[str] = (),
) -> ManifestError:
    """Make the failure of an environment whose platforms all ask for more than a machine has.

    Where a platform is of the machine's subdir, the virtual packages that it asks for besides are
    the reason, and the specs that the locked packages leave `unmet`; else the platform is missing.
    """
    known = tuple(platforms)
    lacking = {one.name: _missing(one, provided) for one in known if one.subdir == subdir}
    names = ", ".join(one.name for one in known)
    pretence = _pretence(lacking)
    others = pretended(unmet, subdir)
    # One piece of advice is enough where both come to the same variables.
    own = [] if pretence and _repeats(pretence, others) else [pretence or _addition(subdir)]
    return ManifestError(
        f"the environment '{environment}' does not support this machine ('{subdir}')",
        causes=[
            *(_reason(name, missing, provided) for name, missing in lacking.items()),
            *([f"The installed packages also require: {', '.join(unmet)}"] if unmet else ()),
        ],
        hints=(
            f"it supports {names or 'no platform'}",
            *own,
            *others,
            *(_named(environment, name) for name in list(lacking)[:1]),
        ),
    )


def _missing(platform: Platform, provided: tuple[VirtualPackage, ...]) -> list[VirtualPackage]:
    return [one for one in customised(platform) if not provides(provided, (one,))]


def _reason(
    platform: str, missing: Iterable[VirtualPackage], provided: Iterable[VirtualPackage]
) -> str:
    """Say what a machine lacks for a platform, and what it has instead."""
    here = {one.name: one.version for one in provided}
    words = [
        f"{_least(one)}, "
        + (f"but here it is {here[one.name]}" if one.name in here else "which is not here")
        for one in missing
    ]
    return f"platform '{platform}' asks for {'; '.join(words)}"


def _least(wanted: VirtualPackage) -> str:
    """Spell what a platform asks for; a version that says nothing is left out."""
    if wanted.version == "0":
        return wanted.name
    return f"{wanted.name} {'==' if wanted.name in EXACT else '>='}{wanted.version}"


def _pretence(lacking: Lacking) -> str | None:
    """Tell how to act as if a machine had what the platform needs that lacks least."""
    if not lacking:
        return None
    missing = min(lacking.values(), key=len)
    names = [f"CONDA_OVERRIDE_{one.name.removeprefix('__').upper()}" for one in missing]
    variables = [f"{name}={one.version}" for name, one in zip(names, missing, strict=True)]
    return f"to act as if this machine had it, set `{' '.join(variables)}`"


def _named(environment: str, platform: str) -> str:
    """Tell how to act for another machine of this subdir."""
    chosen = "" if environment == DEFAULT_ENVIRONMENT else f" -e {environment}"
    return (
        f"or take the platform's word for it with `--platform`: "
        f"`pixi install{chosen} --platform {platform}`"
    )


def _addition(subdir: str) -> str:
    return f"add the platform with `pixi workspace platform add {subdir}`"


def _repeats(advice: str, others: Iterable[str]) -> bool:
    """Whether other pieces of advice have all variables of this one."""
    words = " ".join(advice.split("`")[1::2]).split()
    return all(any(f"`{word}`" in other for other in others) for word in words)


def pretended(specs: Iterable[str], subdir: str) -> tuple[str, ...]:
    """Tell which variables make a machine act as if it had what specs ask for, if any do."""
    found: dict[str, None] = {}
    for spec in specs:
        name, _, version = spec.partition(" ")
        variable, family = _OVERRIDES.get(name, ("", "-"))
        number = _VERSION.search(version)
        known = number[0] if number else {"__amdgpu": "0"}.get(name)
        if variable and known and family in ("", subdir.partition("-")[0]):
            found[f"{variable}={known}"] = None
    if not found:
        return ()
    return ("Or mock them via the environment, e.g.: " + " ".join(f"`{one}`" for one in found),)
