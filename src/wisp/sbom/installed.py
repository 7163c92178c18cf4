"""The packages of a prefix as records, whoever has installed them.

Sources: `conda-meta` of conda; core metadata and PEP 610 (`direct_url.json`) for wheels.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wisp.engine.local_metadata import core_metadata
from wisp.engine.records import from_row
from wisp.engine.wheels import InstalledWheel, installed_wheels
from wisp.errors import UsageError
from wisp.foreign import json_data, why_unfit
from wisp.layout import CONDA_META
from wisp.sbom.licenses import metadata_license
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.trust import LARGEST_LOCK, found_bytes, found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPackages:
    """What a prefix holds; `licenses` of its wheels are by normalised name."""

    conda: tuple[CondaRecord, ...]
    pypi: tuple[PypiRecord, ...]
    licenses: dict[str, str]


def installed_packages(prefix: Path) -> InstalledPackages:
    """Read the records of a prefix.

    Raises:
        UsageError: It is no prefix, or one of its records cannot be read.

    """
    if not (prefix / CONDA_META).is_dir():
        raise UsageError(
            f"`{prefix}` is no environment of conda",
            hints=["an environment has a folder `conda-meta`"],
        )
    rows = [_row(file) for file in sorted((prefix / CONDA_META).glob("*.json"))]
    owned = {path for row in rows for path in row.get("files", ())}
    wheels = [
        one
        for one in installed_wheels(prefix)
        if f"{one.folder.relative_to(prefix).as_posix()}/METADATA" not in owned
    ]
    texts = dict(_texts(wheels))
    found = {name: metadata_license(text) for name, text in texts.items()}
    return InstalledPackages(
        conda=tuple(from_row({"fn": Path(row["url"]).name, **row}) for row in rows),
        pypi=tuple(_record(one, texts.get(one.name)) for one in wheels),
        licenses={name: text for name, text in found.items() if text},
    )


def wheel_licenses(prefix: Path) -> dict[tuple[str, str], str | None]:
    """Return the licences of installed wheels by name and version; without a prefix, none."""
    wheels = installed_wheels(prefix)
    texts = dict(_texts(wheels))
    return {
        (one.name, one.version): metadata_license(texts[one.name])
        for one in wheels
        if one.name in texts
    }


def _row(file: Path) -> dict[str, Any]:
    try:
        row = json_data(found_bytes(file, LARGEST_LOCK))
        row["name"], row["version"], row["url"], row["subdir"], row["build_number"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise UsageError(
            f"`{file}` is no record of a package", causes=[why_unfit(error)]
        ) from error
    assert isinstance(row, dict)
    return row


def _texts(wheels: list[InstalledWheel]) -> Iterator[tuple[str, str]]:
    for one in wheels:
        try:
            yield one.name, found_text(one.folder / "METADATA", errors="replace")
        except OSError:
            continue  # then nothing is known but name and version


def _record(wheel: InstalledWheel, metadata: str | None) -> PypiRecord:
    whose = f"`{wheel.folder}`"
    needs = core_metadata(metadata, whose).requires_dist if metadata else ()
    return PypiRecord(
        location=_origin(wheel), name=wheel.name, version=wheel.version, requires_dist=needs
    )


def _origin(wheel: InstalledWheel) -> str:
    """Spell where a wheel came from as locks do; "" where only an index is known to have it."""
    told = wheel.direct_url or {}
    url, checkout = told.get("url"), told.get("vcs_info")
    if not isinstance(url, str) or url.startswith("file:"):
        return ""
    if isinstance(checkout, dict) and isinstance(checkout.get("commit_id"), str):
        return f"git+{url}#{checkout['commit_id']}"
    return f"direct+{url}"
