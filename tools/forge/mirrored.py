"""Stand-ins for packages of conda-forge, so that pages may name real ones.

Each has the name, some versions and the dependencies of the real package that a page speaks of, and
a program that does nothing but tell its version. Builds are not those of conda-forge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tools.forge.archive import Package, text


class StandIn(NamedTuple):
    """A package in several versions; `programs` are names and what they say of a version."""

    versions: tuple[str, ...]
    depends: tuple[str, ...] = ()
    programs: tuple[tuple[str, str], ...] = ()


_STAND_INS = {
    "jq": StandIn(("1.6", "1.7.1", "1.8.1"), ("oniguruma >=6.9,<6.10.0a0",), (("jq", "jq-{}"),)),
    "oniguruma": StandIn(("6.9.8", "6.9.10")),
    "zlib": StandIn(("1.3.1",), ("libzlib 1.3.1",)),
    "libzlib": StandIn(("1.3.1",)),
    "cmake": StandIn(("3.31.8", "4.1.2"), (), (("cmake", "cmake version {}"),)),
    "ninja": StandIn(("1.12.1", "1.13.1"), (), (("ninja", "{}"),)),
    "cxx-compiler": StandIn(("1.10.0", "1.11.0")),
    "fmt": StandIn(("11.2.0", "12.1.0")),
    "r-base": StandIn(("4.4.3", "4.5.2"), (), (("Rscript", "Rscript (R) version {}"),)),
    "r-dplyr": StandIn(("1.1.4",), ("r-base >=4.4",)),
    "r-ggplot2": StandIn(("4.0.1",), ("r-base >=4.4",)),
    "r-irkernel": StandIn(("1.3.2",), ("r-base >=4.4",)),
    "r-tidyverse": StandIn(("2.0.0",), ("r-base >=4.4", "r-dplyr >=1.1.0", "r-ggplot2 >=3.4.1")),
}

#: Builds of libtorch for linux-64: the build, its number, what it depends on.
_LIBTORCH = (
    ("cpu_generic_0", 0, ()),
    ("cuda126_generic_200", 200, ("__cuda >=12",)),
)


def mirrored() -> Iterator[Package]:
    """Make all stand-ins."""
    for name, one in _STAND_INS.items():
        for version in one.versions:
            yield Package(
                name=name,
                version=version,
                noarch="generic",
                depends=one.depends,
                files=tuple(
                    text(
                        f"bin/{program}",
                        f"#!/bin/sh\necho {said.format(version)!r}\n",
                        executable=True,
                    )
                    for program, said in one.programs
                ),
            )
    for build, number, depends in _LIBTORCH:
        yield Package(
            name="libtorch",
            version="2.9.1",
            build=build,
            build_number=number,
            subdir="linux-64",
            depends=depends,
        )
