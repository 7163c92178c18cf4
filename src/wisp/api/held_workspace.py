"""What the facade of a workspace is asked, and where the groups of its deeds stand."""

from __future__ import annotations

from wisp import layout
from wisp.api.rereading import reread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from wisp.api.context import SessionContext
    from wisp.api.editor import Editor
    from wisp.api.editors import Editors
    from wisp.api.imager import Imager
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.terminal import Terminal
    from wisp.api.viewer import Viewer
    from wisp.api.weigher import Weigher
    from wisp.config.model import Config
    from wisp.manifest.model import Manifest


class HeldWorkspace:
    """A workspace as it is now: an edit takes another one into its place."""

    def __init__(self, opened: OpenedWorkspace) -> None:
        self.opened = opened

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} at {self.root}>"

    # What it is asked

    @property
    def session(self) -> SessionContext:
        """The configuration, the caller's surroundings and the engines."""
        return self.opened.session

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.opened.config

    @property
    def manifest(self) -> Manifest:
        """The manifest as it was read, or as it is after the last edit."""
        return self.opened.manifest

    @property
    def root(self) -> Path:
        """The folder of the manifest."""
        return self.opened.root

    @property
    def name(self) -> str:
        """The name of the workspace."""
        return self.opened.name

    @property
    def lock_path(self) -> Path:
        """Where the lock file is, or will be."""
        return self.opened.lock_path

    @property
    def environment_names(self) -> tuple[str, ...]:
        """All environments, in the order of the manifest."""
        return self.opened.environment_names

    def prefix(self, environment: str = layout.DEFAULT_ENVIRONMENT) -> Path:
        """The prefix of an environment, whether it is installed or not."""
        return self.opened.prefix(environment)

    # Where its deeds stand

    @property
    def edit(self) -> Editor:
        """What changes the manifest."""
        from wisp.api.editor import Editor

        return Editor(self)

    @property
    def show(self) -> Viewer:
        """What there is to look at."""
        from wisp.api.viewer import Viewer

        return Viewer(self.opened)

    @property
    def image(self) -> Imager:
        """What makes container images."""
        from wisp.api.imager import Imager

        return Imager(self.opened)

    @property
    def sizes(self) -> Weigher:
        """What weighs environments, images and locks."""
        from wisp.api.weigher import Weigher

        return Weigher(self.opened.session, self.opened)

    @property
    def editors(self) -> Editors:
        """What editors and direnv read."""
        from wisp.api.editors import Editors

        return Editors(self.opened)

    @property
    def terminal(self) -> Terminal:
        """What only means something to a command line."""
        from wisp.api.terminal import Terminal

        return Terminal(self.opened)

    def take(self, manifest: Manifest | None = None) -> None:
        """Hold an edited manifest from now on, or what its file says by now."""
        self.opened = self.opened.with_manifest(manifest or reread(self.manifest))
