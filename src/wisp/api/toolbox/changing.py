"""Deeds on environments of tools that exist: add, remove, expose, uninstall, update, sync."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

from wisp.api.toolbox.changes import ToolChange, package_changes
from wisp.api.toolbox.installing import expose_all, without_lost
from wisp.errors import InstallError, ManifestError, WispError
from wisp.manifest.edit.spelling import conda_data
from wisp.manifest.words import conda_word
from wisp.toolbox import edit, names, place
from wisp.toolbox.menus import has_menu

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.toolbox.tools import Tools
    from wisp.manifest.edit.text import TomlText
    from wisp.toolbox.manifest import ToolEnvironment

Changes = tuple[ToolChange, ...]


def add(tools: Tools, name: str, words: Sequence[str], expose: Sequence[str] = ()) -> Changes:
    """Add packages to an environment; only names that are asked for are exposed.

    Raises `ManifestError` for an unknown environment, and what installing raises.
    """
    requirements = [conda_word(word) for word in words]
    mappings = [names.read_mapping(word) for word in expose]
    with tools.changing() as current:
        current.box.environment(name)
        toml = current.toml
        for one in requirements:
            toml = edit.put_dependency(toml, name, one.source_name, conda_data(one.spec))
        for mapping in mappings:
            toml = edit.put_exposed(toml, name, mapping.name, mapping.executable)
        asked = {mapping.executable for mapping in mappings}
        return _changed(current, name, toml, [one.name for one in requirements], asked)


def remove(tools: Tools, name: str, words: Sequence[str]) -> Changes:
    """Take packages out of an environment, and what is exposed of them."""
    with tools.changing() as current:
        environment = current.box.environment(name)
        known = {one.name: one for one in environment.dependencies}
        wanted = [conda_word(word).name for word in words]
        for package in wanted:
            if package not in known:
                raise ManifestError(f"Environment {name} has no dependency {package}")
        toml = current.toml
        gone = {
            *(one.name for one in current.installed(name).executables(wanted).values()),
        }
        for mapping in environment.exposed:
            if mapping.executable in gone:
                toml = edit.remove_exposed(toml, name, mapping.name)
        for package in wanted:
            toml = edit.remove_dependency(toml, name, known[package].source_name)
        kept = [one for one in environment.shortcuts if one not in wanted]
        toml = (
            edit.put_shortcuts(toml, name, kept) if len(kept) < len(environment.shortcuts) else toml
        )
        return _changed(current, name, toml, wanted)


def _changed(
    current: Tools,
    name: str,
    toml: TomlText,
    packages: Sequence[str],
    asked: Collection[str] = (),
) -> Changes:
    """Bring an environment to an edited manifest; on failure both are as they were.

    Executables that are `asked` for have to be there, others may be gone with their packages.
    """
    draft = current.edited(toml)
    environment = draft.box.environment(name)
    there = current.installed(name)
    before, had = there.versions(), there.all_executables()
    with current.working_on(name):
        if not draft.in_order(environment):
            draft.install(environment)
            kept = {one: path for one, path in had.items() if one not in asked}
            draft = draft.edited(without_lost(draft.toml, draft, kept, environment))
        draft.save(current)
        exposed, gone = draft.expose(draft.box.environment(name))
    found = [*package_changes(name, packages, before, there.versions())]
    found += exposure(name, exposed, gone)
    return tuple(found)


def exposure(name: str, exposed: Sequence[str], gone: Sequence[str]) -> list[ToolChange]:
    """Tell which names of an environment are new and which are gone."""
    found = [ToolChange("exposed", name, tuple(exposed))] if exposed else []
    return found + ([ToolChange("unexposed", name, tuple(gone))] if gone else [])


def expose(tools: Tools, name: str, words: Sequence[str]) -> Changes:
    """Expose executables of an environment. Raises `InstallError` for one that it has not."""
    mappings = [names.read_mapping(word) for word in words]
    with tools.changing() as current:
        current.box.environment(name)
        toml = current.toml
        for mapping in mappings:
            toml = edit.put_exposed(toml, name, mapping.name, mapping.executable)
        return _changed(current, name, toml, ())


def unexpose(tools: Tools, wanted: Sequence[str]) -> Changes:
    """Take exposed names away, of whatever environment.

    Raises `ManifestError` for the first name that none has, when those before it are gone.
    """
    with tools.changing() as current:
        owners = {
            mapping.name: environment.name
            for environment in current.box.environments.values()
            for mapping in environment.exposed
        }
        known = tuple(takewhile(owners.__contains__, wanted))
        found: list[ToolChange] = []
        for owner in dict.fromkeys(owners[name] for name in known):
            toml = current.toml
            for name in known:
                if owners[name] == owner:
                    toml = edit.remove_exposed(toml, owner, name)
            draft = current.edited(toml)
            with current.working_on(owner):
                draft.save(current)
                found += exposure(owner, *draft.expose(draft.box.environment(owner)))
            current = draft
        if len(known) < len(wanted):
            raise ManifestError(f"Exposed name {wanted[len(known)]} not found in any environment")
        return tuple(found)


def uninstall(tools: Tools, wanted: Sequence[str]) -> Changes:
    """Remove environments. Raises `ManifestError` for unknown ones, when the others are gone."""
    found: list[ToolChange] = []
    unknown: list[str] = []
    with tools.changing() as current:
        for name in dict.fromkeys(wanted):
            if name not in current.box.environments:
                unknown.append(name)
                continue
            draft = current.edited(edit.remove_environment(current.toml, name))
            with current.working_on(name):
                draft.save(current)
                gone = draft.discard(name)
            current = draft
            found += [ToolChange("environment removed", name), *exposure(name, (), gone)]
        if unknown:
            names_ = ", ".join(unknown)
            known = ", ".join(current.box.environments) or "none"
            raise ManifestError(
                f"Couldn't remove {names_}: there is no such environment",
                hints=(f"environments are: {known}",),
            )
    return tuple(found)


def update(tools: Tools, wanted: Sequence[str] = ()) -> Changes:
    """Solve environments anew; where all executables were exposed new ones are too.

    To update everything removes what the manifest does not name. Raises `ManifestError` for unknown
    names, and the first failure when all were tried.
    """
    found: list[ToolChange] = []
    failures: list[WispError] = []
    with tools.changing() as current:
        for name in wanted:
            current.box.environment(name)
        if not wanted:
            found += without_strangers(current)
        for name in dict.fromkeys(wanted or tuple(current.box.environments)):
            try:
                current, changes = _updated(current, current.box.environment(name))
            except WispError as error:
                failures.append(error)
            else:
                found += changes
    _raise_first(failures)
    return tuple(found)


def _updated(current: Tools, environment: ToolEnvironment) -> tuple[Tools, list[ToolChange]]:
    name = environment.name
    direct = environment.direct
    before = current.installed(name).versions()
    had = current.installed(name).executables(direct)
    started = {one.executable for one in environment.exposed}
    with current.working_on(name):
        changed = current.install(environment)
        toml = current.toml
        have = current.installed(name).executables(direct)
        if had and had.keys() <= started:
            new = {one: path for one, path in have.items() if one not in had}
            toml = expose_all(current, toml, environment, new)
        for mapping in environment.exposed:
            if mapping.executable in had and mapping.executable not in have:
                toml = edit.remove_exposed(toml, name, mapping.name)
        draft = current.edited(toml)
        draft.save(current)
        exposed, gone = draft.expose(draft.box.environment(name))
    changes = [*package_changes(name, direct, before, current.installed(name).versions())]
    if changed and not changes:
        changes = [ToolChange("environment updated", name)]
    return draft, changes + exposure(name, exposed, gone)


def sync(tools: Tools) -> Changes:
    """Make everything what the manifest says: install, expose, and remove what it does not name.

    Raises the first failure when all was tried.
    """
    found: list[ToolChange] = []
    failures: list[WispError] = []
    with tools.changing() as current:
        found += without_strangers(current)
        for environment in current.box.environments.values():
            try:
                found += _synced(current, environment)
            except WispError as error:
                failures.append(error)
    _raise_first(failures)
    return tuple(found)


def without_strangers(current: Tools) -> list[ToolChange]:
    """Remove the environments that the manifest does not name."""
    found: list[ToolChange] = []
    for name in place.remove_lost(current.home):
        current.session.reporter.warn(
            f"`{current.home.exposed / name}` started nothing; it is gone"
        )
    for name in current.strangers():
        gone = current.discard(name)
        found += [ToolChange("environment removed", name), *exposure(name, (), gone)]
    return found


def _synced(tools: Tools, environment: ToolEnvironment) -> list[ToolChange]:
    name = environment.name
    was_there = tools.installed(name).is_complete()
    before = tools.installed(name).versions()
    changes: list[ToolChange] = []
    if tools.lacks_executables(environment) or not tools.in_order(environment):
        with tools.marked(name):
            tools.install(environment)
        after = tools.installed(name).versions()
        changes = [*package_changes(name, environment.direct, before, after)]
        if not was_there:
            changes = [ToolChange("environment added", name)]
        elif not changes:
            changes = [ToolChange("environment updated", name)]
    return changes + exposure(name, *tools.expose(environment))


def _raise_first(failures: Sequence[WispError]) -> None:
    if failures:
        raise failures[0]


def add_shortcuts(tools: Tools, name: str, words: Sequence[str]) -> Changes:
    """Install the menu entries of packages of an environment."""
    with tools.changing() as current:
        environment = current.box.environment(name)
        wanted = [conda_word(word).name for word in words]
        packages = current.installed(name).packages()
        menus = {one.record.name for one in packages if has_menu(one.files)}
        for package in wanted:
            if package not in menus:
                raise InstallError(f"package {package} of environment {name} has no menu entries")
        new = [one for one in wanted if one not in environment.shortcuts]
        toml = edit.put_shortcuts(current.toml, name, [*environment.shortcuts, *new])
        _changed(current, name, toml, ())
        return (ToolChange("shortcut added", name, tuple(new)),) if new else ()


def remove_shortcuts(tools: Tools, wanted: Sequence[str]) -> Changes:
    """Remove menu entries of packages, of whatever environment.

    Raises `ManifestError` where no environment has any of them.
    """
    found: list[ToolChange] = []
    with tools.changing() as current:
        for owner in current.box.environments.values():
            gone = tuple(one for one in owner.shortcuts if one in wanted)
            if not gone:
                continue
            kept = [one for one in owner.shortcuts if one not in gone]
            toml = edit.put_shortcuts(current.toml, owner.name, kept)
            _changed(current, owner.name, toml, ())
            current = current.edited(toml)
            found += [ToolChange("shortcut removed", owner.name, (one,)) for one in gone]
    if not found:
        raise ManifestError(f"No environment has a shortcut of: {', '.join(wanted) or 'nothing'}")
    return tuple(found)
