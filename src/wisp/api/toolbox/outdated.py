"""`global outdated`: which tools have newer versions, and whether the manifest allows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.api.machine_platform import completed
from wisp.api.provisioning import solved_newest
from wisp.api.spec_locks import solved_lock
from wisp.errors import SolveError
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.toolbox.tools import Tools
    from wisp.specs.inputs import EnvironmentInputs
    from wisp.specs.records import Record
    from wisp.toolbox.manifest import ToolEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdatedTool:
    """A package that a tool asks for: its version, the newest allowed, the newest there is."""

    environment: str
    name: str
    installed: str | None
    allowed: str
    newest: str

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {
            "environment": self.environment,
            "name": self.name,
            "installed": self.installed,
            "allowed": self.allowed,
            "newest": self.newest,
        }


def outdated(tools: Tools, environments: Sequence[str] = ()) -> tuple[OutdatedTool, ...]:
    """Tell what is not the newest, of environments or all; nothing is changed.

    Raises `ManifestError` for unknown names, `SolveError` where nothing fits the manifest.
    """
    names = environments or tuple(tools.box.environments)
    chosen = [tools.box.environment(name) for name in names]
    return tuple(row for environment in chosen for row in _rows(tools, environment))


def _rows(tools: Tools, environment: ToolEnvironment) -> list[OutdatedTool]:
    installed = tools.installed(environment.name).versions()
    inputs = completed(tools.session, tools.inputs(environment), may_ask=False)
    allowed = _versions(tools, inputs)
    newest = allowed | _newest(tools, inputs)
    return [
        OutdatedTool(
            environment=environment.name,
            name=name,
            installed=installed.get(name),
            allowed=allowed[name],
            newest=newest[name],
        )
        for name in environment.direct
        if name in allowed and len({installed.get(name), allowed[name], newest[name]}) > 1
    ]


def _newest(tools: Tools, inputs: EnvironmentInputs) -> dict[str, str]:
    """Return the versions that there would be if no version were asked for."""
    free = replace(
        inputs,
        dependencies=tuple(
            replace(one, spec=replace(one.spec, version=None, build=None))
            for one in inputs.dependencies
        ),
        pypi_dependencies=tuple(
            replace(one, spec=replace(one.spec, version="*")) for one in inputs.pypi_dependencies
        ),
    )
    if free == inputs:
        return {}
    try:
        return _versions(tools, free)
    except SolveError:
        return {}


def _versions(tools: Tools, inputs: EnvironmentInputs) -> dict[str, str]:
    if not inputs.pypi_dependencies:
        records: Iterable[Record] = solved_newest(tools.session, inputs).records
    else:
        lock = solved_lock(
            tools.session,
            (inputs,),
            lambda one: tools.home.prefix(one.environment),
            manifest_path=tools.home.manifest,
        )
        records = lock.environments[inputs.environment].records()
    return {one.name: one.version or "" for one in records}
