"""From the answer for a whole solve group to what each member of it needs.

The members share one solution; each gets the records that its own requirements reach, through
conda dependencies, and through the requirements of PyPI packages, which conda packages may serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wisp.solve.names import pypi_names
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, PypiRecord

if TYPE_CHECKING:
    from packaging.requirements import Requirement


def extract(
    inputs: EnvironmentInputs,
    conda: Iterable[CondaRecord],
    pypi: Iterable[PypiRecord],
    markers: Mapping[str, str],
) -> tuple[tuple[CondaRecord, ...], tuple[PypiRecord, ...]]:
    """Return the records one environment needs out of those of its group, in their order.

    `markers` are the values of the platform's environment markers (PEP 508).
    """
    conda, pypi = tuple(conda), tuple(pypi)
    walk = _Walk(conda, pypi, markers)
    for requirement in inputs.dependencies:
        walk.want_conda(requirement.name)
    for wanted in inputs.pypi_dependencies:
        if _applies(wanted.spec.marker, markers, ()):
            walk.want_pypi(wanted.normalized, wanted.spec.extras)
    walk.finish()
    return (
        tuple(record for record in conda if record.name in walk.conda_needed),
        tuple(record for record in pypi if normalize(record.name) in walk.pypi_needed),
    )


class _Walk:
    """What has been reached and what is still to be looked at."""

    def __init__(
        self,
        conda: tuple[CondaRecord, ...],
        pypi: tuple[PypiRecord, ...],
        markers: Mapping[str, str],
    ) -> None:
        self._conda = {record.name: record for record in conda}
        self._pypi = {normalize(record.name): record for record in pypi}
        self._served = {name: record for record in conda for name in pypi_names(record.purls)}
        self._markers = markers
        self._todo_conda: list[CondaRecord] = []
        self._todo_pypi: list[tuple[PypiRecord, tuple[str, ...]]] = []
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self.conda_needed: set[str] = set()
        self.pypi_needed: set[str] = set()

    def want_conda(self, name: str) -> None:
        record = self._conda.get(name)
        if record is not None and name not in self.conda_needed:
            self.conda_needed.add(name)
            self._todo_conda.append(record)

    def want_pypi(self, name: str, extras: Iterable[str]) -> None:
        wanted = tuple(sorted(normalize(extra) for extra in extras))
        record = self._pypi.get(name)
        if record is None:
            served = self._served.get(name)
            if served is not None:
                self.want_conda(served.name)
        elif (name, wanted) not in self._seen:
            self._seen.add((name, wanted))
            self.pypi_needed.add(name)
            self._todo_pypi.append((record, wanted))

    def finish(self) -> None:
        while self._todo_conda or self._todo_pypi:
            if self._todo_conda:
                for text in self._todo_conda.pop().depends:
                    self.want_conda(text.split(None, 1)[0].rpartition("::")[2].lower())
                continue
            record, extras = self._todo_pypi.pop()
            for requirement in _requirements(record):
                marker = str(requirement.marker) if requirement.marker else None
                if _applies(marker, self._markers, extras):
                    self.want_pypi(normalize(requirement.name), requirement.extras)


def _requirements(record: PypiRecord) -> Iterable[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in record.requires_dist:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue  # a `file:` requirement in an old spelling: judged when locks are checked


def _applies(marker: str | None, markers: Mapping[str, str], extras: tuple[str, ...]) -> bool:
    if marker is None:
        return True
    from packaging.markers import Marker

    parsed = Marker(marker)
    return any(parsed.evaluate({**markers, "extra": extra}) for extra in (*extras, ""))
