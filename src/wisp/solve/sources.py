"""Packages that have to be built from sources, which nothing here can do yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.errors import SolveError
from wisp.lock.mismatch import Mismatch
from wisp.specs.inputs import EnvironmentInputs


def refuse_sources(inputs: EnvironmentInputs) -> None:
    """Raise `SolveError` if the manifest asks for packages that only a build back-end can judge."""
    sources = [one.name for one in (*inputs.dependencies, *inputs.dev) if one.spec.is_source]
    if sources:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(sources))
        raise SolveError(
            f"{names} must be built from sources, which needs a build back-end",
            hints=("wisp cannot build conda packages from sources yet",),
        )


def refuse_stale_sources(inputs: Iterable[EnvironmentInputs], reasons: Sequence[Mismatch]) -> None:
    """Raise `SolveError` if solving what reasons speak against would come to sources.

    To know it before the solver is even loaded makes the verdict on a lock a quick one.
    """
    stale = {(one.environment, one.platform) for one in reasons if one.level == "conda"}
    for one in inputs:
        pairs = {(one.environment, None), (one.environment, one.platform.name)}
        if stale.isdisjoint(pairs):
            continue
        try:
            refuse_sources(one)
        except SolveError as error:
            raise SolveError(
                f"failed to solve requirements of environment '{one.environment}' "
                f"for platform '{one.platform.name}'",
                causes=[error],
                hints=error.hints,
            ) from error
