"""What apk has installed, on Alpine, Wolfi and their like.

Source: Alpine Linux, "Apk spec" (installed database: `P` name, `V` version, `A` architecture, `L`
license, `D` dependencies, `p` what it provides).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.image.system_package import SystemPackage
from wisp.patterns import pattern

ALPINE = pattern(r"(usr/)?lib/apk/db/installed")
_BOUND = pattern(r"[<>=~@].*")


def alpine_packages(text: str) -> Iterable[SystemPackage]:
    """Return the packages that a database lists, by name."""
    rows = [_fields(block) for block in text.split("\n\n")]
    rows = [row for row in rows if row.get("P") and row.get("V")]
    owners = {row["P"]: row["P"] for row in rows}
    for row in rows:
        for name in _names(row.get("p", "")):
            owners.setdefault(name, row["P"])
    for row in sorted(rows, key=lambda one: one["P"]):
        needs = {owners[name] for name in _names(row.get("D", "")) if name in owners}
        yield SystemPackage(
            name=row["P"],
            version=row["V"],
            architecture=row.get("A", ""),
            license=row.get("L", ""),
            needs=tuple(sorted(needs - {row["P"]})),
        )


def _fields(block: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in block.splitlines())
    return {key: value for key, _, value in pairs if len(key) == 1}


def _names(text: str) -> list[str]:
    """Return the names of dependencies without their bounds; `!` says what must not be there."""
    return [_BOUND.sub("", word) for word in text.split() if not word.startswith("!")]
