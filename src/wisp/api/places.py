"""Where the files of a workspace are: a value, with a maker for each kind of workspace.

Nothing else in `wisp.api` asks what kind of manifest there is in order to find a file.
"""

from __future__ import annotations

import os
from pathlib import Path

from wisp import layout
from wisp.api.foreign_links import accepted_links, foreign_links
from wisp.printable import typed
from wisp.specs.inside import is_one_part
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.engine.safe.root import Root
    from wisp.manifest.model import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The files and folders of one workspace; what is missing may be made there.

    `folder` is that of the manifest, `home` its `.pixi`; `keeps_home` tells whether `home` is made
    and guarded, and whether what was found out about it may be remembered. `environments` holds
    the prefixes by name, or is the only one there is (`is_single`). `lock_command` is what a user
    types to write the lock, None where it cannot be written; `lock_is_optional` when it is only
    written unasked where there is one, and `memory` keeps what was solved last where there is none.
    `scratch` is where a conda-script keeps what it makes. `accepted_links` are those below `folder`
    that are followed because the user wants it.
    """

    folder: Path
    lock: Path
    environments: Path
    is_single: bool = False
    keeps_home: bool = True
    lock_command: str | None = "lock"
    lock_is_optional: bool = False
    memory: Path | None = None
    scratch: Path | None = None
    accepted_links: frozenset[Path] = frozenset()

    @property
    def home(self) -> Path:
        """The folder for all that is made beside the manifest."""
        return self.folder / layout.PIXI_DIR

    @property
    def usual_environments(self) -> Path:
        """Where prefixes are unless the configuration moves them; else a link to them."""
        return self.home / layout.ENVS_DIR

    @property
    def detached(self) -> Path | None:
        """Where the configuration has moved the prefixes, None where it has not."""
        moved = not self.is_single and self.environments != self.usual_environments
        return self.environments if moved else None

    @property
    def solve_groups(self) -> Path:
        """The folder of prefixes that only builds while solving need, by solve group."""
        return self.home / layout.SOLVE_GROUP_ENVS_DIR

    @property
    def task_cache(self) -> Path:
        """The folder of task fingerprints; an accepted link in the place of `home` is followed."""
        home = self.home.resolve() if self.home in self.accepted_links else self.home
        return home / layout.TASK_CACHE_DIR

    @property
    def activation_cache(self) -> Path:
        """The folder of remembered activations."""
        return self.home / layout.ACTIVATION_CACHE_DIR

    @property
    def memory_of_lock(self) -> Path | None:
        """Where a solution is remembered; None where there is a lock file, or shall be one."""
        return None if self.writes_lock_unasked else self.memory

    @property
    def writes_lock_unasked(self) -> bool:
        """Whether a lock that does not fit is written by whoever needs one."""
        return not self.lock_is_optional or self.lock.exists()

    @property
    def root(self) -> Root:
        """The folder, below which no link is followed in writing."""
        from wisp.engine.safe.root import Root  # who only looks writes nothing

        return Root(self.folder, self.accepted_links)

    def root_of(self, path: Path) -> Root:
        """The folder below which no link is followed on the way to a path, or in it."""
        from wisp.engine.safe.root import Root

        elsewhere = self.is_single or self.detached is not None
        if elsewhere and path.is_relative_to(self.environments):
            return Root(self.environments.parent)
        return self.root

    def prefix(self, environment: str) -> Path:
        """The prefix of an environment, whether it is installed or not."""
        return self.environments if self.is_single else self.environments / environment

    def build_prefix(self, environment: str, solve_group: str | None) -> Path:
        """The prefix whose Python builds what solving has to look into."""
        return self.prefix(environment) if solve_group is None else self.solve_groups / solve_group


def places_of(session: SessionContext, manifest: Manifest, origin: str | None = None) -> Places:
    """Return where the files of a workspace are, of whatever kind its manifest is."""
    if manifest.is_script:
        return script_places(session, manifest, origin)
    return folder_places(session, manifest, origin)


def folder_places(session: SessionContext, manifest: Manifest, origin: str | None = None) -> Places:
    """A workspace that is a folder: all is in it, but for prefixes that are detached.

    One that has another `origin` than a user's folder goes away, and its lock with it.
    """
    from wisp.engine.host import is_remote

    folder = manifest.root
    environments = folder / layout.PIXI_DIR / layout.ENVS_DIR
    detached = session.config.detached_folder(is_remote=is_remote)
    if detached is not None:
        name = manifest.workspace.name
        own = f"{name if is_one_part(name) else 'workspace'}-{_digest_of(folder)}"
        environments = detached / own / layout.ENVS_DIR
    return Places(
        folder=folder,
        lock=folder / layout.LOCK_NAME,
        environments=environments,
        lock_command="lock" if origin is None else None,
        accepted_links=_accepted(session, folder),
    )


def is_detached_from(folder: Path, path: Path) -> bool:
    """Whether a path is where `folder_places` puts the detached prefixes of a workspace.

    Wherever below: who asks has no folder for them set any more. The name may have changed since.
    """
    own = path.parent.name.rpartition("-")[2] == str(_digest_of(folder))
    return own and path.name == layout.ENVS_DIR and path.is_absolute()


def _digest_of(folder: Path) -> int:
    import xxhash

    return xxhash.xxh3_64_intdigest(os.fsencode(folder))


def _accepted(session: SessionContext, folder: Path) -> frozenset[Path]:
    if session.config.get("trust.workspace"):
        return frozenset(foreign_links(folder))
    return accepted_links(session.environ, folder)


def script_places(session: SessionContext, manifest: Manifest, origin: str | None = None) -> Places:
    """A script: its prefix lies below the cache, by its name and where the script is from.

    `origin` says where a script comes from that is no file of the user's, and so has no lock.
    Raises `HostError` for a prefix that somebody else has made.
    """
    import xxhash

    from wisp.engine.safe.owner import require_own

    path = manifest.path
    digest = xxhash.xxh3_64_hexdigest(os.fsencode(origin or path))
    own = session.settings.caches.exec_environments / f"{path.stem}-{digest}"
    require_own(own)
    return Places(
        folder=manifest.root,
        lock=path.with_name(path.name + layout.SCRIPT_LOCK_SUFFIX),
        environments=own,
        memory=own.with_name(f"{own.name}.lock"),
        scratch=own.with_name(f"{own.name}.files") if manifest.entrypoint is not None else None,
        is_single=True,
        keeps_home=False,
        lock_command=None if origin is not None else f"lock --script {typed(path)}",
        lock_is_optional=True,
    )
