"""Which wheels fit a platform, and which of them fits best. Pure: the host is never asked.

A platform declares a C library or a macOS version through its virtual packages; together with a
Python version these give the ordered list of tags that an installer there would compute.

Source: PEP 425, PEP 600 (manylinux), PEP 656 (musllinux).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import digits

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import BuildTag, parse_wheel_filename

from wisp.foreign import whole_number
from wisp.platforms import Platform
from wisp.values import dataclass

#: Subdir to the architecture in wheel tags.
_LINUX_ARCH = {
    "linux-32": "i686",
    "linux-64": "x86_64",
    "linux-aarch64": "aarch64",
    "linux-armv6l": "armv6l",
    "linux-armv7l": "armv7l",
    "linux-ppc64": "ppc64",
    "linux-ppc64le": "ppc64le",
    "linux-riscv64": "riscv64",
    "linux-s390x": "s390x",
}
_WINDOWS = {"win-32": "win32", "win-64": "win_amd64", "win-arm64": "win_arm64"}
_MAC_ARCH = {"osx-64": "x86_64", "osx-arm64": "arm64"}
#: The manylinux names from before PEP 600, by the minor version of glibc they stand for.
_LEGACY_MANYLINUX = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
#: Architectures that old manylinux names were defined for; the others begin with glibc 2.17.
_OLD_MANYLINUX_ARCHS = frozenset({"x86_64", "i686"})
#: Tags are counted down from a version: who says that there is a later one keeps us counting.
_LARGEST = 199


@dataclass(frozen=True, slots=True)
class LibC:
    """The C library of a Linux platform: `glibc` or `musl`, with its version."""

    family: str
    major: int
    minor: int


def platform_libc(platform: Platform) -> LibC:
    """Return the C library that a Linux platform declares."""
    for package in platform.virtual_packages():
        if package.name in {"__glibc", "__musl"}:
            major, minor = _two_numbers(package.version)
            return LibC(package.name[2:], major, minor)
    return LibC("glibc", 2, 28)


def platform_macos(platform: Platform) -> tuple[int, int]:
    """Return the oldest macOS version that a platform declares."""
    for package in platform.virtual_packages():
        if package.name == "__osx":
            return _two_numbers(package.version)
    return 13, 0


@lru_cache(maxsize=64)
def supported_tags(
    platform: Platform, python_version: str, abi: str | None = None
) -> dict[Tag, int]:
    """Rank the tags that fit CPython `python_version` on a platform: 0 fits best.

    `abi` names another ABI than the usual one, e.g. `cp314t` for a free-threaded Python.
    """
    numbers = _two_numbers(python_version)
    interpreter = f"cp{numbers[0]}{numbers[1]}"
    platforms = tuple(_platform_tags(platform))
    ranks: dict[Tag, int] = {}
    for tag in (
        *cpython_tags(numbers, [abi or interpreter], platforms),
        *compatible_tags(numbers, interpreter, platforms),
    ):
        ranks.setdefault(tag, len(ranks))
    return ranks


def wheel_rank(filename: str, tags: dict[Tag, int]) -> tuple[int, BuildTag] | None:
    """Tell how well a wheel fits: rank of its best tag and its build tag; None if it does not."""
    try:
        _, _, build, found = parse_wheel_filename(filename)
    except ValueError:  # no such name, or a number of thousands of digits
        return None
    ranks = [tags[tag] for tag in found if tag in tags]
    return (min(ranks), build) if ranks else None


def best_wheel(filenames: Iterable[str], tags: dict[Tag, int]) -> str | None:
    """Choose the wheel an installer would: the best tag, then the highest build number."""
    best: str | None = None
    best_rank: tuple[int, BuildTag] | None = None
    for filename in filenames:
        rank = wheel_rank(filename, tags)
        if rank and (best_rank is None or _beats(rank, best_rank)):
            best, best_rank = filename, rank
    return best


def _beats(rank: tuple[int, BuildTag], other: tuple[int, BuildTag]) -> bool:
    return rank[0] < other[0] or (rank[0] == other[0] and rank[1] > other[1])


def _platform_tags(platform: Platform) -> Iterator[str]:
    subdir = platform.subdir
    if subdir in _WINDOWS:
        yield _WINDOWS[subdir]
    elif subdir in _MAC_ARCH:
        yield from mac_platforms(platform_macos(platform), _MAC_ARCH[subdir])
    elif subdir in _LINUX_ARCH:
        yield from _linux_tags(platform_libc(platform), _LINUX_ARCH[subdir])


def _linux_tags(libc: LibC, arch: str) -> Iterator[str]:
    if libc.family == "musl":
        for minor in range(libc.minor, -1, -1):
            yield f"musllinux_{libc.major}_{minor}_{arch}"
    else:
        oldest = 5 if arch in _OLD_MANYLINUX_ARCHS else 17
        for minor in range(libc.minor, oldest - 1, -1):
            yield f"manylinux_{libc.major}_{minor}_{arch}"
            if minor in _LEGACY_MANYLINUX:
                yield f"{_LEGACY_MANYLINUX[minor]}_{arch}"
    yield f"linux_{arch}"


def _two_numbers(version: str) -> tuple[int, int]:
    parts = [_leading_number(part) for part in version.split(".")[:2]]
    return parts[0], parts[1] if len(parts) > 1 else 0


def _leading_number(text: str) -> int:
    return min(whole_number(text[: len(text) - len(text.lstrip(digits))]) or 0, _LARGEST)
