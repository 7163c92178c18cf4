from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.platforms import bare
from wisp.specs.conda import Channel, CondaRequirement, CondaSpec
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, PypiRecord

FORGE = "https://channels.example/forge/"


@pytest.fixture
def conda() -> Callable[..., CondaRecord]:
    """Make a conda record: `conda("numpy-1.0", "python >=3.9", purls=("pkg:pypi/numpy",))`."""

    def make(text: str, *depends: str, purls: tuple[str, ...] | None = None) -> CondaRecord:
        name, version = text.rsplit("-", 1)
        return CondaRecord(
            location=f"{FORGE}noarch/{text}-0.conda",
            name=name,
            version=version,
            build="0",
            build_number=0,
            subdir="noarch",
            depends=depends,
            purls=purls,
        )

    return make


@pytest.fixture
def pypi() -> Callable[..., PypiRecord]:
    """Make a PyPI record: `pypi("flask-3.0", "werkzeug>=3", 'rich; extra == "color"')`."""

    def make(text: str, *requires: str) -> PypiRecord:
        name, version = text.rsplit("-", 1)
        return PypiRecord(
            location=f"https://files.example/{text}.whl",
            name=name,
            version=version,
            requires_dist=requires,
        )

    return make


@pytest.fixture
def inputs() -> Callable[..., EnvironmentInputs]:
    """Make inputs: `inputs("test", "numpy >=1", pypi=("flask[color]",), group="all")`."""

    def make(
        environment: str,
        *wanted: str,
        pypi: tuple[str, ...] = (),
        group: str | None = None,
        subdir: str = "linux-64",
        channels: tuple[str, ...] = (FORGE,),
    ) -> EnvironmentInputs:
        return EnvironmentInputs(
            environment=environment,
            platform=bare(subdir),
            root=Path("/w"),
            solve_group=group,
            channels=tuple(Channel(url, url) for url in channels),
            dependencies=tuple(_conda_requirement(text) for text in wanted),
            pypi_dependencies=tuple(_pypi_requirement(text) for text in pypi),
        )

    return make


def _conda_requirement(text: str) -> CondaRequirement:
    name, _, version = text.partition(" ")
    return CondaRequirement(name, CondaSpec(version=version or "*"))


def _pypi_requirement(text: str) -> PypiRequirement:
    from packaging.requirements import Requirement

    parsed = Requirement(text)
    return PypiRequirement(
        parsed.name,
        PypiSpec(
            version=str(parsed.specifier) or "*",
            extras=tuple(sorted(parsed.extras)),
            marker=str(parsed.marker) if parsed.marker else None,
        ),
    )
