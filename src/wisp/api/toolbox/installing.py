"""`global install`: environments of tools, each whole or as it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from wisp.api.machine_platform import known_subdir
from wisp.errors import ManifestError, WispError
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.edit.spelling import conda_data, pypi_data
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement
from wisp.toolbox import edit, names
from wisp.toolbox.manifest import ToolEnvironment
from wisp.toolbox.menus import has_menu
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.api.toolbox.tools import Tools
    from wisp.manifest.edit.text import TomlText

    State = Literal["installed", "already installed"]

Requirement = CondaRequirement | PypiRequirement


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """What to install: match specs, each into an environment of its own unless one is named.

    `pypi` are PEP 508 requirements, which get environments likewise, with a Python; together with
    match specs they have to be in one that is named. `beside` come without being exposed, `expose`
    are mappings that stand for all that would be exposed by itself.
    """

    words: str | Sequence[str] = ()
    pypi: str | Sequence[str] = ()
    environment: str | None = None
    beside: str | Sequence[str] = ()
    expose: str | Sequence[str] = ()
    channels: str | Sequence[str] = ()
    platform: str | None = None
    force: bool = False
    shortcuts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolInstallation:
    """What came of it, by environment."""

    done: Mapping[str, State]
    failed: Mapping[str, WispError]


def parts_of(
    request: ToolRequest, pypi_environments: Collection[str]
) -> tuple[tuple[bool, ToolRequest], ...]:
    """Tell apart what goes to the toolbox of PyPI packages (True), where these environments are.

    Raises `ManifestError` where it is not clear which part what is chosen or beside belongs to.
    """
    if request.environment is not None:
        mixed = bool(request.pypi) or request.environment in pypi_environments
        return ((mixed, request),)
    if request.words and request.pypi and (request.beside or request.expose):
        raise ManifestError(
            "packages beside and exposed names can only be chosen for one environment",
            hints=("name it with `--environment`",),
        )
    parts = ((False, replace(request, pypi=())), (True, replace(request, words=())))
    return tuple((pypi, part) for pypi, part in parts if part.words or part.pypi)


def install(tools: Tools, request: ToolRequest, cwd: Path) -> ToolInstallation:
    """Install tools. An environment that cannot be is as it was, and the others go on.

    Raises `ManifestError` for words that are no specs or names, `UsageError` for what is no
    platform.
    """
    if request.platform is not None:
        known_subdir(request.platform)
    wanted = _by_environment(request, cwd)
    beside = tuple(conda_word(word) for word in request.beside)
    mappings = tuple(names.read_mapping(word) for word in request.expose)
    for given, what in ((mappings, "exposed names can"), (beside, "packages beside can")):
        if given and len(wanted) > 1:
            raise ManifestError(
                f"{what} only be chosen for one environment",
                hints=("name it with `--environment`",),
            )
    done: dict[str, State] = {}
    failed: dict[str, WispError] = {}
    with tools.changing() as current:
        for name, requirements in wanted.items():
            job = _ToolInstalling(current, name, requirements, beside, mappings, request, cwd)
            try:
                current, done[name] = job.run()
            except WispError as error:
                failed[name] = error
    return ToolInstallation(done=done, failed=failed)


def _by_environment(request: ToolRequest, cwd: Path) -> dict[str, tuple[Requirement, ...]]:
    conda = tuple(conda_word(word) for word in request.words)
    pypi = tuple(pypi_word(word, cwd) for word in request.pypi)
    requirements: tuple[Requirement, ...] = (*conda, *pypi)
    if request.environment is not None:
        return {names.checked_environment(request.environment): requirements}
    found: dict[str, tuple[Requirement, ...]] = {}
    for one in requirements:
        own = one.normalized if isinstance(one, PypiRequirement) else one.name
        name = names.checked_environment(own)
        found[name] = (*found.get(name, ()), one)
    return found


@dataclass(frozen=True, slots=True)
class _ToolInstalling:
    """One environment to be installed."""

    tools: Tools
    name: str
    requirements: tuple[Requirement, ...]
    beside: tuple[CondaRequirement, ...]
    mappings: tuple[names.Mapping, ...]
    request: ToolRequest
    cwd: Path

    def run(self) -> tuple[Tools, State]:
        """Install it and give the tools as they are then."""
        draft = self.tools.edited(self._declared())
        environment = draft.box.environment(self.name)
        if not self.request.force and self._is_done(draft, environment):
            if self.tools.home.pypi:  # Pixi writes down no other wish that is fulfilled already
                draft.save(self.tools)
            return draft, "already installed"
        had = self.tools.installed(self.name).all_executables()
        with self.tools.working_on(self.name):
            if self.request.force or not draft.in_order(environment):
                draft.install(environment, force=self.request.force)
            toml = self._exposed(draft, environment)
            final = draft.edited(
                without_lost(toml, draft, () if self.mappings else had, environment)
            )
            final.save(self.tools)
            final.expose(final.box.environment(self.name))
        return final, "installed"

    def _is_done(self, draft: Tools, environment: ToolEnvironment) -> bool:
        return draft.in_order(environment) and draft.is_exposed(environment)

    def _declared(self) -> TomlText:
        """Write the environment, as far as it is known before it is installed."""
        toml, request = self.tools.toml, self.request
        is_new = self.name not in self.tools.box.environments
        if request.force and not is_new:  # it is made as if it had not been there
            toml, is_new = edit.remove_environment(toml, self.name), True
        texts = request.channels or self.tools.session.config.default_channels
        environment = ToolEnvironment(
            name=self.name,
            channels=tuple(ChannelEntry(self._channel(text)) for text in texts),
            platform=request.platform,
        )
        if is_new:
            toml = edit.put_environment(toml, environment)
        elif request.platform is not None:
            toml = edit.put_platform(toml, environment)
        for one in (*self.requirements, *self.beside):
            if isinstance(one, PypiRequirement):
                toml = edit.put_pypi(toml, self.name, one.name, pypi_data(one.spec))
            else:
                toml = edit.put_dependency(toml, self.name, one.source_name, conda_data(one.spec))
        if self.mappings:
            for known in self.tools.edited(toml).box.environment(self.name).exposed:
                toml = edit.remove_exposed(toml, self.name, known.name)
            for mapping in self.mappings:
                toml = edit.put_exposed(toml, self.name, mapping.name, mapping.executable)
        return toml

    def _channel(self, text: str) -> str:
        """Spell a channel so that it means the same in the folder of the manifest."""
        if text.startswith(".") and "://" not in text:
            return str((self.cwd / text).resolve())
        return text

    def _exposed(self, draft: Tools, environment: ToolEnvironment) -> TomlText:
        """Write what is exposed by itself: all executables of the packages that were asked for."""
        toml = draft.toml
        beside = {one.name for one in self.beside}
        direct = [name for name in environment.direct if name not in beside]
        there = draft.installed(self.name)
        if not self.mappings:
            known = there.executables(direct)
            toml = expose_all(draft, toml, environment, known)
        if self.request.shortcuts:
            menus = {one.record.name for one in there.packages() if has_menu(one.files)}
            chosen = [name for name in direct if name in menus or name in environment.shortcuts]
            toml = edit.put_shortcuts(toml, self.name, chosen) if chosen else toml
        return toml


def without_lost(
    toml: TomlText, tools: Tools, had: Collection[str], environment: ToolEnvironment
) -> TomlText:
    """Take away the names of executables that packages `had`, and have not any more."""
    have = tools.installed(environment.name).all_executables()
    for mapping in environment.exposed:
        if mapping.executable in had and mapping.executable not in have:
            toml = edit.remove_exposed(toml, environment.name, mapping.name)
    return toml


def expose_all(
    tools: Tools, toml: TomlText, environment: ToolEnvironment, executables: Mapping[str, object]
) -> TomlText:
    """Expose executables under their own names, besides what is exposed already."""
    known = {one.name for one in environment.exposed}
    for name in executables:
        if name not in known and names.exposed_fault(name) is None:
            toml = edit.put_exposed(toml, environment.name, name, name)
        elif not names.can_be_typed(name):
            tell = (
                f"`wisp global expose add -e {environment.name} NAME=EXECUTABLE` names it otherwise"
            )
            tools.session.reporter.warn(
                f"the executable '{name}' is not exposed: nobody can type it as a command", (tell,)
            )
    return toml
