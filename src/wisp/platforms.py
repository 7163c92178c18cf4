"""Platforms of a workspace: subdirs, the virtual packages they declare, named platforms.

A *subdir* is conda's name of an operating system and architecture (`linux-64`). A *platform*
is what a manifest declares: a subdir, a name of its own, and virtual packages that packages
may rely on (`__cuda=12.0`). Where nothing is declared the subdir's defaults hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wisp.foreign import whole_number
from wisp.patterns import fits_stars
from wisp.values import dataclass

SUBDIRS = (
    "noarch",
    "linux-32",
    "linux-64",
    "linux-aarch64",
    "linux-armv6l",
    "linux-armv7l",
    "linux-ppc64le",
    "linux-ppc64",
    "linux-s390x",
    "linux-riscv32",
    "linux-riscv64",
    "osx-64",
    "osx-arm64",
    "win-32",
    "win-64",
    "win-arm64",
    "emscripten-wasm32",
    "wasi-wasm32",
    "zos-z",
)

_ARCHSPEC = {
    "32": "x86",
    "64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
    "armv6l": "armv6l",
    "armv7l": "armv7l",
    "ppc64le": "ppc64le",
    "ppc64": "ppc64",
    "s390x": "s390x",
    "riscv32": "riscv32",
    "riscv64": "riscv64",
}
#: Subdirs that conda-forge began to build for with a newer C library than elsewhere.
_GLIBC = {"linux-riscv64": "2.39"}


@dataclass(frozen=True, slots=True)
class VirtualPackage:
    """A package that stands for a property of the machine, e.g. `__glibc=2.28`."""

    name: str
    version: str
    build: str = ""

    def __str__(self) -> str:
        """Spell it as lock files do: an empty build is dropped."""
        return f"{self.name}={self.version}" + (f"={self.build}" if self.build else "")

    @classmethod
    def parse(cls, text: str) -> VirtualPackage:
        """Read `__name=version` or `__name=version=build`."""
        name, _, rest = text.partition("=")
        version, _, build = rest.partition("=")
        return cls(name, version, build)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform as an environment sees it.

    `declared` holds only the virtual packages that the manifest (or lock) names itself, in the
    lock's order; `virtual_packages()` completes them with the subdir's defaults.
    """

    name: str
    subdir: str
    declared: tuple[VirtualPackage, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it is a plain subdir with nothing of its own."""
        return not self.declared and self.name == self.subdir

    def virtual_packages(self) -> tuple[VirtualPackage, ...]:
        """Declared packages first, then the subdir's defaults they do not replace."""
        names = {package.name for package in self.declared}
        if names & {"__musl", "__eglibc"}:
            names.add("__glibc")
        return self.declared + tuple(
            package
            for package in default_virtual_packages(self.subdir)
            if package.name not in names
        )


def bare(subdir: str) -> Platform:
    """Return the platform that a bare subdir name means."""
    return Platform(subdir, subdir)


def default_virtual_packages(subdir: str) -> tuple[VirtualPackage, ...]:
    """Return what a platform of this subdir has by default, in the lock's order."""
    family, _, arch = subdir.partition("-")
    packages: list[VirtualPackage] = []
    if family in {"linux", "osx", "emscripten", "wasi", "zos"}:
        packages.append(VirtualPackage("__unix", "0", "0"))
    if family == "linux":
        libc = _GLIBC.get(subdir, "2.28")
        packages += [VirtualPackage("__linux", "4.18"), VirtualPackage("__glibc", libc)]
    if family == "win":
        packages.append(VirtualPackage("__win", "10.0"))
    if family == "osx":
        packages.append(VirtualPackage("__osx", "13.0"))
    archspec = "m1" if subdir == "osx-arm64" else _ARCHSPEC.get(arch)
    if archspec:
        packages.append(VirtualPackage("__archspec", "0", archspec))
    return tuple(packages)


#: Short keys of a manifest and the virtual packages they stand for, in the order of locks.
FRIENDLY_KEYS = {
    "cuda": "__cuda",
    "amdgpu": "__amdgpu",
    "archspec": "__archspec",
    "glibc": "__glibc",
    "linux": "__linux",
    "macos": "__osx",
    "windows": "__win",
}
#: Those that are looked for on any machine, without a program of a channel's.
WELL_KNOWN = frozenset(
    (*FRIENDLY_KEYS.values(), "__unix", "__musl", "__eglibc", "__cuda_arch", "__amdgpu_arch")
)
_SHORT = {name: key for key, name in FRIENDLY_KEYS.items()}


def customised(platform: Platform) -> tuple[VirtualPackage, ...]:
    """Return the declared packages that differ from what the subdir has anyway."""
    defaults = default_virtual_packages(platform.subdir)
    return tuple(package for package in platform.declared if package not in defaults)


def friendly(package: VirtualPackage) -> str:
    """Spell a virtual package as a person writes it: `cuda=12`, `archspec=x86_64_v3`."""
    if package.name == "__amdgpu":
        return "amdgpu"
    key = _SHORT.get(package.name)
    if key is None and (package.version, package.build) == ("0", "0"):
        return package.name
    if key is None or (key == "archspec" and package.version != "0"):
        return str(package)
    return f"{key}={package.build if key == 'archspec' else package.version}"


def shown(packages: Iterable[VirtualPackage]) -> list[str]:
    """Spell packages as listings do: short keys in their order, then raw names sorted.

    Driver and architecture of CUDA stand together, as the manifest has them, and so do an AMD GPU
    and its architecture.
    """
    found = {package.name: package for package in packages}
    spelled = {name: friendly(package) for name, package in found.items()}
    if found.keys() >= {"__cuda", "__cuda_arch"} and spelled["__cuda"].startswith("cuda="):
        driver, arch = found["__cuda"].version, found["__cuda_arch"].version
        spelled["__cuda"] = f'cuda = {{ driver = "{driver}", arch = "{arch}" }}'
        del spelled["__cuda_arch"]
    target = amd_target(found["__amdgpu_arch"].version) if "__amdgpu_arch" in found else None
    if target and "__amdgpu" in found:
        spelled["__amdgpu"] = f'amdgpu = "{target}"'
        del spelled["__amdgpu_arch"]
    return _ordered(spelled)


def _ordered(spelled: Mapping[str, str]) -> list[str]:
    short = [spelled[name] for name in _SHORT if not spelled.get(name, "__").startswith("__")]
    return short + sorted(text for text in spelled.values() if text.startswith("__"))


def amd_packages(target: str | None = None) -> tuple[VirtualPackage, ...] | None:
    """Return the virtual packages of an AMD GPU, of an architecture (`gfx90a`) if named.

    The architecture's version is the number before the last two characters, which are hexadecimal
    digits, and these: `gfx90a` is 9.0.10. None where `target` is no such name.

    Source: the draft of a CEP for `__amdgpu` and `__amdgpu_arch` (August 2026).
    """
    here = VirtualPackage("__amdgpu", "0", "0")
    if target is None:
        return (here,)
    found = re.fullmatch(r"gfx([1-9]\d*)([0-9a-f])([0-9a-f])", target, re.ASCII)
    if found is None:
        return None
    major, minor, stepping = found.groups()
    version = f"{major}.{int(minor, 16)}.{int(stepping, 16)}"
    return here, VirtualPackage("__amdgpu_arch", version)


def amd_target(version: str) -> str | None:
    """Name an architecture of AMD GPUs by its version, 9.0.10 as `gfx90a`; None if it is none."""
    found = re.fullmatch(r"([1-9]\d*)\.(\d|1[0-5])\.(\d|1[0-5])", version, re.ASCII)
    return f"gfx{found[1]}{int(found[2]):x}{int(found[3]):x}" if found else None


def derived_name(subdir: str, declared: tuple[VirtualPackage, ...]) -> str:
    """Name a platform that got no name: `linux-64-cuda-12-0`."""
    own = customised(Platform("", subdir, declared))
    apart = _ordered({package.name: friendly(package) for package in own})
    return "-".join([subdir, *map(_slug, apart)])


def _slug(text: str) -> str:
    """Keep letters and digits; any run of others becomes one dash."""
    spaced = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text)
    return "-".join(spaced.split())


def select_platform(
    platforms: tuple[Platform, ...], host: str, provided: tuple[VirtualPackage, ...]
) -> Platform | None:
    """Return the platform that fits a machine best, None if none does.

    `platforms` are in order of preference. For each subdir the machine can run, the first entry
    is taken whose own packages the machine provides (`provides`). Emulated and
    browser platforms come last: a sole WebAssembly platform fits everywhere.
    """
    for subdir in runnable_subdirs(host):
        for platform in platforms:
            if platform.subdir == subdir and provides(provided, customised(platform)):
                return platform
    if len(platforms) == 1 and platforms[0].subdir.endswith("-wasm32"):
        return platforms[0]
    return None


def runnable_subdirs(host: str) -> tuple[str, ...]:
    """Return the subdirs whose programs a machine can run: its own, and those it emulates."""
    return (host, *_EMULATED.get(host, ()))


_EMULATED = {"osx-arm64": ("osx-64",), "win-arm64": ("win-64",), "win-64": ("win-32",)}


def provides(provided: tuple[VirtualPackage, ...], wanted: tuple[VirtualPackage, ...]) -> bool:
    """Tell whether each wanted package is there in the same or a higher version.

    Of what is in `EXACT` only the same version will do.
    """
    versions = {package.name: package.version for package in provided}
    return all(
        package.name in versions and _serves(versions[package.name], package) for package in wanted
    )


#: Virtual packages whose versions say which, not how much: no GPU of AMD runs what was built for
#: an older one.
EXACT = frozenset({"__amdgpu_arch"})


def _serves(version: str, wanted: VirtualPackage) -> bool:
    there, least = _numbers(version), _numbers(wanted.version)
    return there == least if wanted.name in EXACT else there >= least


def _numbers(version: str) -> tuple[int, ...]:
    """Compare versions of virtual packages by their numbers alone, trailing zeros apart."""
    numbers = [whole_number(part) or 0 for part in version.replace("-", ".").split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


#: Selectors that mean all subdirs of some kind.
FAMILIES = {
    "linux": ("linux",),
    "osx": ("osx",),
    "macos": ("osx",),
    "win": ("win",),
    "unix": ("linux", "osx", "emscripten", "wasi", "zos"),
}


def selects(selector: str, platform: Platform) -> bool:
    """Tell whether a target selector means a platform.

    A selector is a family (`unix`), a subdir, the name of a platform, or a pattern with `*` for
    names.
    """
    if selector in FAMILIES:
        return platform.subdir.partition("-")[0] in FAMILIES[selector]
    if "*" in selector:
        return fits_stars(selector, platform.name)
    return selector in {platform.name, platform.subdir}
