"""The global tools of a user: their manifest, and one environment of theirs brought in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from wisp.api.machine_platform import completed, solved_platform
from wisp.api.named_channels import expect
from wisp.api.provisioning import install_newest, users_indexes
from wisp.api.toolbox.cutoffs import tool_cutoffs
from wisp.api.toolbox.holding import Held, bring_back, held
from wisp.api.toolbox.installed import InstalledEnvironment
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.files import (
    is_there,
    refusal,
    sweep_drafts,
    write_atomically,
)
from wisp.engine.rewriting import rewrite, rewrite_text
from wisp.errors import InstallError, WispError
from wisp.install.apply import EVERYTHING
from wisp.manifest.edit.text import TomlText
from wisp.specs.conda import Channel, channel_url
from wisp.specs.inputs import EnvironmentInputs, ExcludeNewer
from wisp.specs.newness import missed
from wisp.toolbox import place
from wisp.toolbox.capture import captured
from wisp.toolbox.completions import offer
from wisp.toolbox.contents import (
    Executable,
    conda_requirements,
    holds,
    holds_pypi,
)
from wisp.toolbox.home import ToolHome, tool_home
from wisp.toolbox.launcher import Launch
from wisp.toolbox.manifest import (
    Toolbox,
    ToolEnvironment,
    check_apart,
    read_toolbox,
    text_of,
    text_or_none,
)
from wisp.toolbox.menus import install_shortcuts, withdraw
from wisp.toolbox.shims import Steps, steps
from wisp.trust import found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext


class Tools:
    """A user's global tools: where they are, what the manifest says, and what is installed."""

    def __init__(
        self, session: SessionContext, home: ToolHome, box: Toolbox, other: Toolbox | None = None
    ) -> None:
        self.session = session
        self.home = home
        self.box = box
        self.other = other

    @classmethod
    def open(cls, session: SessionContext, *, pypi: bool = False) -> Tools:
        """Read the manifest; where there is none it says what is exposed, mostly nothing.

        It is made by the first change; who only looks writes nothing.

        With `pypi` the toolbox whose environments may have packages of PyPI; its manifest is made
        by the first. Raises `ManifestError` where one is faulty.
        """
        home = tool_home(session.environ)
        chosen = home.other if pypi else home
        text = text_or_none(chosen.manifest)
        if not home.is_begun:
            text = text if pypi else _made_up(home)
        box = read_toolbox(text, chosen.manifest, pypi=pypi)
        for warning in box.warnings:
            session.reporter.warn(warning)
        other = chosen.other
        if not other.is_begun:
            return cls(session, chosen, box)
        beside = read_toolbox(text_of(other.manifest), other.manifest, pypi=other.pypi)
        return cls(session, chosen, box, beside)

    @contextmanager
    def changing(self) -> Iterator[Tools]:
        """Keep others from changing anything meanwhile; give the tools as they are by then.

        What a killed command left half done is put in order first, and the manifest is made where
        there is none. Raises `HostError` where that cannot be.
        """
        self._make_home()
        with exclusive_folder(self.home.root):
            self._make_manifest()
            tools = Tools.open(self.session, pypi=self.home.pypi)
            for folder in (self.home.manifest.parent, self.home.environments):
                sweep_drafts(folder)
            tools.finish_what_was_begun()
            if self.home.other.unfinished.exists():
                Tools.open(self.session, pypi=not self.home.pypi).finish_what_was_begun()
            yield tools

    # The manifest

    def _make_home(self) -> None:
        try:
            self.home.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal("create", self.home.root, error) from error

    def _make_manifest(self) -> None:
        home = tool_home(self.session.environ)
        if not home.is_begun:
            rewrite(home.manifest, _made_up(home))

    @property
    def toml(self) -> TomlText:
        """The text of the manifest, open for edits."""
        return TomlText(self.box.text)

    def edited(self, toml: TomlText) -> Tools:
        """Return the tools as they would be with another manifest. Raises `ManifestError`."""
        box = read_toolbox(toml.text, self.home.manifest, pypi=self.home.pypi)
        if self.other is not None:
            check_apart(box, self.other)
        return Tools(self.session, self.home, box, self.other)

    def save(self, before: Tools) -> None:
        """Write the manifest if it is another one now."""
        if self.box.text != before.box.text:
            rewrite_text(self.home.manifest, self.box.text)

    def edit(self, editor: str | None = None) -> int:
        """Open the manifest in an editor, EDITOR unless named; return the editor's exit code."""
        from wisp.api.configuring import open_in_editor

        self._make_manifest()
        return open_in_editor(self.home.manifest, editor, self.session.environ)

    # One environment

    def installed(self, name: str) -> InstalledEnvironment:
        """Return what looks into the prefix of an environment."""
        return InstalledEnvironment(self.home, name)

    def subdir(self, environment: ToolEnvironment) -> str:
        """Return the subdir that an environment is for: its own, else that of this machine."""
        return environment.platform or self.session.subdir

    def channels(self, environment: ToolEnvironment) -> tuple[Channel, ...]:
        """Return the channels of an environment, higher priorities first."""
        entries = sorted(environment.channels, key=lambda entry: -(entry.priority or 0))
        root = self.home.manifest.parent
        expect(self.session, (entry.channel for entry in entries))
        found = (
            Channel(e.channel, channel_url(e.channel, root), e.priority, e.exclude_newer)
            for e in entries
        )
        return tuple({channel.url: channel for channel in found}.values())

    def inputs(self, environment: ToolEnvironment) -> EnvironmentInputs:
        """Return what an environment asks for."""
        return EnvironmentInputs(
            environment=environment.name,
            platform=solved_platform(self.session, environment.platform),
            root=self.home.manifest.parent,
            channels=self.channels(environment),
            dependencies=conda_requirements(environment),
            pypi_dependencies=environment.pypi,
            pypi_options=users_indexes(self.session),
            exclude_newer=self.cutoffs(environment),
        )

    def cutoffs(self, environment: ToolEnvironment) -> ExcludeNewer:
        """Return from when on packages do not exist for an environment.

        What the manifest of Pixi says of all tools holds for those of both toolboxes.
        """
        general = self.other if self.home.pypi and self.other is not None else self.box
        return tool_cutoffs(self.session, general, self.box, self.channels(environment))

    def in_order(self, environment: ToolEnvironment) -> bool:
        """Tell whether the prefix of an environment holds what the manifest asks for."""
        there = self.installed(environment.name)
        if there.is_damaged() or not holds_pypi(environment.pypi, there.versions()):
            return False
        records = [one.record for one in there.packages()]
        subdir = self.subdir(environment)
        urls = [channel.url for channel in self.channels(environment)]
        newer = self.cutoffs(environment)
        if any(one.channel is not None and missed(one, newer) for one in records):
            return False
        return holds(environment, records, subdir, urls)

    def install(self, environment: ToolEnvironment, *, force: bool = False) -> bool:
        """Solve an environment anew and bring its prefix there; tell whether that changed it.

        What is damaged is installed from the ground up. Raises what solving and installing raise.
        """
        name, prefix = environment.name, self.home.prefix(environment.name)
        there = self.installed(name)
        before = there.state()
        anew = force or (there.is_complete() and there.is_damaged())
        inputs = completed(self.session, self.inputs(environment))
        manifest = self.home.manifest
        if environment.pypi:
            from wisp.api.spec_environments import environment_from_inputs

            if anew:
                place.remove_prefix(prefix)
            environment_from_inputs(self.session, inputs, prefix, manifest_path=manifest, anew=True)
        else:
            again = EVERYTHING if anew else frozenset[str]()
            install_newest(self.session, inputs, prefix, manifest_path=manifest, reinstall=again)
        return anew or there.state() != before

    def expose(self, environment: ToolEnvironment) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring the names of an environment in order; return those that are new and those gone.

        Raises `InstallError`, when all else is done, for names whose executable is not there.
        """
        home, prefix = self.home, self.home.prefix(environment.name)
        there = self.installed(environment.name)
        known = there.all_executables()
        todo = self._exposure_steps(environment, known)
        place.carry_out(home, todo)
        for name in todo.kept:
            self.session.reporter.warn(
                f"`{home.exposed / name}` is somebody else's file and stays as it is",
                (f"remove it, then `pixi global sync` exposes {name}",),
            )
        offer(home, prefix, [one.name for one in environment.exposed if str(one) == one.name])
        files = {one.record.name: one.files for one in there.packages()}
        menus = {name: files.get(name, ()) for name in environment.shortcuts}
        install_shortcuts(self.session.environ, prefix, menus)
        missing = [one.executable for one in environment.exposed if one.executable not in known]
        if missing:
            raise _no_executable(environment, missing[0], known)
        removed = {step.name for step in todo.steps if step.kind == "remove"}
        added = {step.name for step in todo.steps if step.kind in ("configure", "link")}
        return tuple(sorted(added)), tuple(sorted(removed))

    def is_exposed(self, environment: ToolEnvironment) -> bool:
        """Tell whether all names of an environment start what they should."""
        known = self.installed(environment.name).all_executables()
        lacks = self.lacks_executables(environment)
        return not lacks and not self._exposure_steps(environment, known).steps

    def _exposure_steps(
        self, environment: ToolEnvironment, known: Mapping[str, Executable]
    ) -> Steps:
        owned = place.exposed_names(self.home, self.home.prefix(environment.name))
        desired = self._launches(environment, known)
        there = place.present(self.home, {*desired, *owned})
        return steps(desired, there, place.launcher(self.home), owned)

    def _launches(
        self, environment: ToolEnvironment, known: Mapping[str, Executable]
    ) -> dict[str, Launch]:
        wanted = [one for one in environment.exposed if one.executable in known]
        if not wanted:
            return {}
        prefix = self.home.prefix(environment.name)
        found = captured(prefix, self.session.environ)
        return {one.name: found.launch(prefix / known[one.executable].path) for one in wanted}

    def lacks_executables(self, environment: ToolEnvironment) -> bool:
        """Tell whether what is exposed came with a version that a killed command has replaced."""
        known = self.installed(environment.name).all_executables()
        return any(one.executable not in known for one in environment.exposed)

    def bring_in_order(self, environment: ToolEnvironment, *, force: bool = False) -> bool:
        """Install and expose what is missing; tell whether the prefix changed.

        Raises what `install` and `expose` raise.
        """
        changed = False
        if force or self.lacks_executables(environment) or not self.in_order(environment):
            changed = self.install(environment, force=force)
        self.expose(environment)
        return changed

    def strangers(self) -> tuple[str, ...]:
        """Return the environments that the manifest does not name."""
        if not is_there(self.home.environments):
            return ()
        folders = [path.name for path in self.home.environments.iterdir() if path.is_dir()]
        return tuple(sorted(set(folders) - self.box.environments.keys()))

    def discard(self, name: str) -> tuple[str, ...]:
        """Remove an environment with all that users see of it; return the names that are gone."""
        home, prefix = self.home, self.home.prefix(name)
        owned = place.exposed_names(home, prefix)
        there = place.present(home, owned)
        place.carry_out(home, steps({}, there, place.launcher(home), owned))
        offer(self.home, prefix, ())
        withdraw(self.session.environ, prefix)
        place.remove_prefix(prefix)
        return owned

    # Interruptions

    @contextmanager
    def marked(self, name: str) -> Iterator[None]:
        """Leave a note that an environment is being worked on; a killed one leaves it behind."""
        write_atomically(self.home.unfinished, f"{name}\n")
        try:
            yield
        except WispError:
            self.home.unfinished.unlink(missing_ok=True)
            raise
        self.home.unfinished.unlink(missing_ok=True)

    @contextmanager
    def working_on(self, name: str) -> Iterator[None]:
        """Mark an environment; should the body fail, make it again what it was before."""
        before = held(self.installed(name).packages())
        with self.marked(name):
            try:
                yield
            except WispError:
                self._revert(name, before)
                raise

    def _revert(self, name: str, before: Held) -> None:
        if text_or_none(self.home.manifest) != self.box.text:
            rewrite_text(self.home.manifest, self.box.text)
        old, home = self.box.environments.get(name), self.home
        # Those with packages of PyPI are made anew as their manifest says.
        if old is not None and not old.pypi and held(self.installed(name).packages()) != before:
            bring_back(self.session, self.inputs(old), before, home.prefix(name), home.manifest)
        self._repair(name)

    def finish_what_was_begun(self) -> None:
        """Put the environment in order that a killed command has left half done."""
        try:
            begun = found_text(self.home.unfinished).split()
        except (OSError, ValueError):
            return
        for name in begun:
            self._repair(name)
        self.home.unfinished.unlink(missing_ok=True)

    def _repair(self, name: str) -> None:
        """Make an environment what the manifest says of it, as far as that is possible."""
        environment = self.box.environments.get(name)
        try:
            if environment is None:
                self.discard(name)
            else:
                self.bring_in_order(environment)
        except WispError as error:
            self.session.reporter.warn(
                f"environment {name} could not be put in order: {error.message}",
                ("`pixi global sync` tries it again",),
            )


def _made_up(home: ToolHome) -> str:
    from wisp.api.toolbox.rebuilding import rebuilt

    return rebuilt(home)


def _no_executable(
    environment: ToolEnvironment, name: str, known: Mapping[str, Executable]
) -> InstallError:
    shown = ", ".join(sorted(known)[:20]) or "none"
    return InstallError(
        f"Couldn't find executable {name} in environment {environment.name}",
        hints=(f"its executables are: {shown}",),
    )
