"""Debian's lists: the signed one of a release, and that of its packages. Pure.

Sources: Debian policy, chapter 5 (control files) and section 7.1 (relations); the wiki's
"DebianRepository/Format" (Release files, `Packages`, `by-hash`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime

from wisp.errors import WispError
from wisp.patterns import pattern
from wisp.values import dataclass

#: The release whose packages make a base.
SUITE = "trixie"
COMPONENT = "main"
#: The glibc that it has: (major, minor).
GLIBC = (2, 41)

#: Subdir to Debian's name of the architecture.
ARCHITECTURES = {
    "linux-64": "amd64",
    "linux-aarch64": "arm64",
    "linux-ppc64le": "ppc64el",
    "linux-riscv64": "riscv64",
    "linux-s390x": "s390x",
}
#: What a base always has: a C library and C++ runtime, a shell, the usual small programs.
SEEDS = (
    "base-files",
    "bash",
    "ca-certificates",
    "coreutils",
    "dash",
    "debianutils",
    "libc6",
    "libgcc-s1",
    "libstdc++6",
    "netbase",
    "tzdata",
)
#: What only maintainer scripts need, which do not run here.
_UNNEEDED = frozenset(
    {"awk", "debconf", "debconf-2.0", "dpkg", "install-info", "openssl", "perl", "perl-base"}
    | {"init-system-helpers", "cdebconf", "mawk", "sensible-utils"}
)
_PROVIDES = pattern(r"(?m)^Provides: (.*)$")
_NAME = pattern(r"[a-z0-9][a-z0-9+.-]+")


class DebianError(WispError):
    """A mirror does not have what is asked for, or lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianPackage:
    """A package at a mirror: `file` is relative to the mirror, `size` in bytes."""

    name: str
    version: str
    architecture: str
    file: str
    sha256: str
    size: int
    depends: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that a release lists: its path below the release, SHA-256, size in bytes."""

    path: str
    sha256: str
    size: int

    @property
    def by_hash(self) -> str:
        """The path that stays right while the mirror is being renewed."""
        return f"{self.path.rpartition('/')[0]}/by-hash/SHA256/{self.sha256}"


def package_list(release: str, architecture: str, now: dt.datetime | None = None) -> ListFile:
    """Find the list of packages in the text of a release, whose signature is verified already.

    `now`, if given, must lie before the end of its validity, where it names one.

    Raises:
        DebianError: It is not listed, or the release is of another suite or no longer valid.

    """
    fields = next(paragraphs(release), {})
    if fields.get("Codename") != SUITE:
        raise DebianError(f"the mirror answers for `{fields.get('Codename')}` instead of `{SUITE}`")
    until = fields.get("Valid-Until")
    if until and now and parsedate_to_datetime(until) < now:
        raise DebianError("the mirror's list of packages is out of date")
    wanted = f"{COMPONENT}/binary-{architecture}/Packages.xz"
    for line in fields.get("SHA256", "").splitlines():
        words = line.split()
        if len(words) == 3 and words[2] == wanted:
            return ListFile(wanted, words[0], int(words[1]))
    raise DebianError(f"`{SUITE}` has no packages for `{architecture}`")


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """Read control paragraphs; the lines of a folded field keep their line ends."""
    for block in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n")):
        fields: dict[str, str] = {}
        key = ""
        for line in block.split("\n"):
            if line[:1] in (" ", "\t"):
                fields[key] = f"{fields.get(key, '')}\n{line.strip()}"
            else:
                key, _, value = line.partition(":")
                fields[key] = value.strip()
        yield fields


class DebianPackages:
    """A list of packages, of which only those that are asked for are read: there are 70,000."""

    def __init__(self, text: str) -> None:
        self._blocks: dict[str, str] = {}
        self._providers: dict[str, str] = {}
        for block in text.split("\n\n"):
            name = block.partition("\n")[0].removeprefix("Package: ")
            self._blocks[name] = block
            provides = _PROVIDES.search(block)
            if provides:
                for virtual in relations(provides[1]):
                    self._providers.setdefault(virtual[0], name)

    def find(self, name: str) -> DebianPackage | None:
        """Return a package of that name, or the first that provides it."""
        block = self._blocks.get(name) or self._blocks.get(self._providers.get(name, ""))
        return _package(next(paragraphs(block))) if block else None


def _package(fields: Mapping[str, str]) -> DebianPackage:
    return DebianPackage(
        name=fields["Package"],
        version=fields["Version"],
        architecture=fields["Architecture"],
        file=fields["Filename"],
        sha256=fields["SHA256"],
        size=int(fields["Size"]),
        depends=(
            *relations(fields.get("Pre-Depends", "")),
            *relations(fields.get("Depends", "")),
        ),
    )


def relations(text: str) -> tuple[tuple[str, ...], ...]:
    """Read relations: for each the names of its alternatives, without versions."""
    return tuple(
        names
        for group in text.split(",")
        if (names := tuple(m[0] for one in group.split("|") if (m := _NAME.match(one.strip()))))
    )


def closure(names: Iterable[str], available: DebianPackages) -> tuple[DebianPackage, ...]:
    """Return packages and all that they depend on, sorted by name.

    A release is consistent in itself, so versions need not be compared. Of alternatives the first
    that is there counts; what only maintainer scripts need is passed over.

    Raises:
        DebianError: A package is not there.

    """
    found: dict[str, DebianPackage] = {}
    pending: list[tuple[str, ...]] = [(name,) for name in names]
    while pending:
        alternatives = pending.pop()
        if not _UNNEEDED.isdisjoint(alternatives):
            continue
        package = _first(alternatives, available)
        if package.name not in found:
            found[package.name] = package
            pending += package.depends
    return tuple(found[name] for name in sorted(found))


def _first(alternatives: tuple[str, ...], available: DebianPackages) -> DebianPackage:
    for name in alternatives:
        package = available.find(name)
        if package is not None:
            return package
    raise DebianError(
        f"Debian's `{SUITE}` has no package `{alternatives[0]}`",
        hints=["names are those of Debian, e.g. `libssl3t64`"],
    )
