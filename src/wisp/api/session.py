"""The facade where there is no workspace: the user's configuration, caches, register, channels.

from wisp import Session

session = Session.open()
found = session.search().find("numpy")
made = session.environment(SpecRequest(specs=["python 3.12.*"]), Path("tools/python"))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from wisp.api.given import in_words, words_of
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.user_settings import UserSettings
from wisp.compat import wish_of
from wisp.config.model import ConfigRequest
from wisp.report import SILENT, Reporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from wisp.api.edits.start import Started, StartRequest
    from wisp.api.edits.start_script import ScriptFormat
    from wisp.api.given import StrPath
    from wisp.api.global_tools import GlobalTools
    from wisp.api.imaging.from_specs import SpecImage
    from wisp.api.oneoff import OneOffEnvironment, OneOffRequest
    from wisp.api.packing.unpacking import UnpackedEnvironment, UnpackRequest
    from wisp.api.self_updating import SelfUpdate
    from wisp.api.shells import Shells
    from wisp.api.spec_environments import SpecEnvironment, SpecRequest
    from wisp.api.use.cleaning import Cleaned
    from wisp.api.use.scripts import FoundScript
    from wisp.api.views.doctor import Check
    from wisp.api.views.information import Information
    from wisp.api.views.searching import PackageSearch
    from wisp.api.weigher import Weigher
    from wisp.api.workspace import Workspace
    from wisp.errors import WispError
    from wisp.exchange.kernelspec import Kernel
    from wisp.sbom.bill import BillOfMaterials


class Session(UserSettings):
    """A session with the deeds that need no workspace."""

    @classmethod
    def open(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        reporter: Reporter = SILENT,
        overrides: Mapping[str, Any] | None = None,
        no_config: bool = False,
        config_file: StrPath | None = None,
    ) -> Session:
        """Start a session with the user's configuration; `overrides` are dotted keys."""
        request = ConfigRequest(
            environ=os.environ if environ is None else environ,
            overrides=overrides or {},
            no_config=no_config,
            config_file=None if config_file is None else Path(config_file),
        )
        return cls.of(request, reporter)

    # Environments without a workspace

    def environment(
        self, request: SpecRequest, prefix: StrPath, *, anew: bool = False
    ) -> SpecEnvironment:
        """Make an environment of specs at a prefix, or use the one there if it fits.

        Raises what `wisp.api.spec_environments.environment_from_specs` raises.
        """
        from wisp.api.spec_environments import environment_from_specs

        return environment_from_specs(self, in_words(request), Path(prefix), anew=anew)

    def one_off(self, request: OneOffRequest, cwd: StrPath) -> OneOffEnvironment:
        """Make the environment of a one-off command, or find it. Raises as `oneoff.prepare`."""
        from wisp.api.oneoff import prepare

        return prepare(self, in_words(request), Path(cwd))

    def become(self, made: OneOffEnvironment, command: str | Sequence[str]) -> NoReturn:
        """Become a command in the environment that was made for it. Raises as `oneoff.run`."""
        from wisp.api.oneoff import run

        run(self, made, words_of(command))

    def tools(self) -> GlobalTools:
        """Open the user's global tools. Raises `ManifestError` where their manifest is faulty."""
        from wisp.api.global_tools import GlobalTools

        return GlobalTools(self)

    @property
    def sizes(self) -> Weigher:
        """What weighs images and locks on this disk."""
        from wisp.api.weigher import Weigher

        return Weigher(self)

    @contextmanager
    def workspace_of(self, wanted: SpecImage) -> Iterator[Workspace]:
        """Open a workspace of nothing but some packages, of which an image can be made.

        Its folder is gone afterwards. Raises `ManifestError` for what is no match spec.
        """
        from wisp.api.imaging.from_specs import workspace_of
        from wisp.api.workspace import Workspace

        with workspace_of(self, in_words(wanted)) as opened:
            yield Workspace(opened)

    def unpack(self, request: UnpackRequest) -> UnpackedEnvironment:
        """Make an environment of a pack. Raises as `wisp.api.packing.unpacking.unpack`."""
        from wisp.api.packing.unpacking import unpack

        return unpack(self, request)

    # Starting a workspace

    def init(self, request: StartRequest) -> Started:
        """Make a workspace in a folder. Raises `ManifestError` when there is one already."""
        from wisp.api.edits.start import start

        return start(in_words(request), self.environ)

    def init_from(self, request: StartRequest, file: StrPath) -> Started:
        """Make a workspace out of an `environment.yml`. Raises as `init` does."""
        from wisp.api.edits.start import start_from

        return start_from(in_words(request), Path(file), self.environ)

    @staticmethod
    def would_extend(folder: StrPath) -> bool:
        """Tell whether a folder has only a pyproject.toml that `init` could extend."""
        from wisp.api.edits.start import would_extend

        return would_extend(Path(folder))

    def init_script(
        self,
        file: StrPath,
        channels: str | Sequence[str] = (),
        kind: ScriptFormat | None = None,
    ) -> None:
        """Put a block into a script. Raises `ManifestError` when it has one already."""
        from wisp.api.edits.start_script import start_script

        start_script(Path(file), words_of(channels), self.config, kind)

    def script(
        self, word: str, cwd: StrPath, stdin: Callable[[], str], *, usage: LockUsage = AS_NEEDED
    ) -> AbstractContextManager[FoundScript]:
        """Find the script that a word means: a file, a URL, `-`; a copy is gone at the end."""
        from wisp.api.use.scripts import found_script

        return found_script(word, Path(cwd), self, stdin, usage)

    def is_script(self, path: StrPath) -> bool:
        """Tell whether a file brings its own requirements, in a block as they are switched on."""
        from wisp.api.use.scripts import is_script

        return is_script(Path(path), conda_scripts=self.config.conda_scripts)

    def required_version_holds(self, path: StrPath) -> bool:
        """Tell whether a manifest, which may be unreadable else, wants no later version."""
        from wisp.api.edits.fields import required_version_holds

        return required_version_holds(Path(path), wish_of(self.environ))

    @property
    def shells(self) -> Shells:
        """What activates running shells where no workspace is open yet."""
        from wisp.api.shells import Shells

        return Shells(self)

    # Looking

    def info(self, *, sizes: bool = False) -> Information:
        """Describe the machine and the folders in use; `sizes` counts what they hold."""
        from wisp.api.views.information import gather

        return gather(self, sizes=sizes)

    def bill(self, prefix: StrPath) -> BillOfMaterials:
        """Return the bill of materials of a prefix. Raises `UsageError` if it is none."""
        from wisp.api.views.bills import bill_of_prefix

        return bill_of_prefix(self, Path(prefix))

    def search(
        self,
        channels: str | Sequence[str] = (),
        platform: str | None = None,
        *,
        cwd: StrPath | None = None,
    ) -> PackageSearch:
        """Set up a search in channels, the configured ones unless named, for all platforms."""
        from wisp.api.views.searching import open_search

        folder = Path(cwd or Path.cwd())
        return open_search(self, folder, channels=words_of(channels), platform=platform)

    # The program itself

    def diagnose(self, failure: WispError | None = None) -> tuple[Check, ...]:
        """Try what wisp depends on, apart from a workspace, which a `failure` kept from opening.

        See `wisp.api.views.doctor`.
        """
        from wisp.api.views.doctor import diagnose

        return diagnose(self, failure=failure)

    def self_update(
        self,
        version: str | None = None,
        *,
        nightly: bool = False,
        index: str | None = None,
        force: bool = False,
        dry_run: bool = False,
    ) -> SelfUpdate:
        """Install another version of wisp. Raises as `wisp.api.self_updating.self_update`."""
        from wisp.api.self_updating import self_update

        return self_update(
            self, version, nightly=nightly, index=index, force=force, dry_run=dry_run
        )

    # Cleaning

    def clean_caches(self, kinds: str | Sequence[str] = ()) -> Cleaned:
        """Remove kinds of caches (see `cache_kinds`), or all. Raises `HostError` if it cannot."""
        from wisp.api.use.cleaning_caches import clean_caches

        return clean_caches(self, words_of(kinds))

    @staticmethod
    def cache_kinds() -> tuple[str, ...]:
        """Name the kinds of caches there are."""
        from wisp.api.use.cleaning_caches import CACHE_KINDS

        return tuple(CACHE_KINDS)

    # Kernels of Jupyter

    def kernels(self) -> tuple[Kernel, ...]:
        """Return the kernels that wisp has written for the user."""
        from wisp.api.use.kernels import installed_kernels

        return installed_kernels(self.environ)

    def remove_kernel(self, name: str) -> None:
        """Take a kernel away. Raises `ConfigError` when wisp has written none of that name."""
        from wisp.api.use.kernels import remove_kernel

        remove_kernel(self.environ, name)
