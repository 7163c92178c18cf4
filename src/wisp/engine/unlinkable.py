"""Packages that channels list and this rattler cannot link."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.errors import InstallError
from wisp.specs.records import CondaRecord


def refuse_wheels(records: Iterable[CondaRecord]) -> None:
    """Refuse wheels that a channel lists as packages: this rattler unpacks conda's archives only.

    Raises `InstallError`.
    """
    wheels = [record for record in records if record.location.endswith(".whl")]
    if wheels:
        names = ", ".join(f"`{record.name}`" for record in wheels)
        raise InstallError(
            f"{names} is a wheel that a conda channel lists, which cannot be installed yet",
            causes=[record.location for record in wheels],
            hints=["take it from PyPI, with `wisp add --pypi NAME` in place of the conda package"],
        )
