"""What the task runner asks of a workspace: environments made ready, their variables and facts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from wisp import layout
from wisp.activation.variables import cleaned
from wisp.api.locks.locking import ensure_lock
from wisp.api.machine_platform import run_platform
from wisp.api.use.activating import ActivationRequest, variables
from wisp.api.use.fitness import vouches
from wisp.api.use.installed import ensure_installed, make_folders
from wisp.api.use.run_options import RunOptions
from wisp.install.state import installed_subdir
from wisp.lock.model import LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform
from wisp.specs.records import CondaSourceRecord
from wisp.tasks.cache import EnvironmentFacts
from wisp.tasks.catalogue import Catalogue
from wisp.workspace.activation import activation_of as declared_activation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.specs.records import Record


class TaskEnvironments:
    """What the task runner asks of a workspace; the lock is looked at once."""

    def __init__(
        self, workspace: OpenedWorkspace, options: RunOptions, catalogue: Catalogue
    ) -> None:
        self._workspace = workspace
        self._options = options
        self._catalogue = catalogue
        self._platforms: dict[str, Platform | None] = {}

    @cached_property
    def _lock(self) -> LockFile:
        usage = self._options.usage
        if usage.frozen and usage.no_install and not self._workspace.lock_path.exists():
            return LockFile()  # nothing is checked and nothing installed
        return ensure_lock(self._workspace, usage)

    def _platform(self, environment: str) -> Platform | None:
        if environment not in self._platforms:
            self._platforms[environment] = run_platform(
                self._workspace.manifest,
                self._workspace.session,
                self._lock,
                environment,
                self._options.platform,
                installed=installed_subdir(self._workspace.prefix(environment)),
                no_install=self._options.usage.no_install,
            )
        return self._platforms[environment]

    def admit(self, environment: str) -> None:
        """Lock, and meet what refuses an environment: its platform (unless vouched for), a link.

        What is refused is refused before the task is announced.
        """
        if self._lock is None:
            return
        if not vouches(self._workspace.environ):
            self._platform(environment)
        make_folders(self._workspace)

    def prepare(self, environment: str) -> None:
        """Install an environment unless it is known to be what the lock says."""
        platform = self._platform(environment)
        wanted = self._options.platform is not None
        usage = self._options.usage
        ensure_installed(self._workspace, self._lock, environment, platform, usage, wanted=wanted)
        self._workspace.reporter.hand_over()
        if self._options.remember:
            from wisp.api.use.environment_writer import remember_environment

            remember_environment(
                self._workspace,
                self._catalogue,
                self._lock,
                ActivationRequest(
                    environment=environment, platform=platform, program=self._options.program
                ),
                self.facts(environment).digest(),
            )

    def task_names(self) -> list[str]:
        """Return the names of all tasks that are no secret."""
        return self._catalogue.visible()

    def advice(self, environment: str, command: str, cwd: str, *, guess: bool) -> Iterator[str]:
        """Word what may help where an environment has no such command."""
        from wisp.api.use.missing_commands import advice

        return advice(self._workspace, environment, command, Path(cwd), guess=guess)

    def variables(self, environment: str, clean: bool) -> dict[str, str]:
        """Return the caller's variables, those of the environment, and `INIT_CWD`."""
        caller: Mapping[str, str] = self._workspace.environ
        if clean:
            caller = cleaned(caller, macos=sys.platform == "darwin")
        request = ActivationRequest(
            environment=environment,
            platform=self._platform(environment),
            program=self._options.program,
        )
        result = variables(self._workspace, request, caller).applied_to(caller)
        result[layout.ENV_INIT_CWD] = str(self._options.cwd)
        return result

    def facts(self, environment: str) -> EnvironmentFacts:
        """Return what fingerprints take from an environment."""
        platform = self._platform(environment)
        declared = declared_activation(
            self._workspace.manifest, self._workspace.require_environment(environment), platform
        )
        records: tuple[Record, ...] = ()
        if platform is not None and environment in self._lock.environments:
            records = locked_environment(
                self._lock, environment, platform.name, self._workspace.root
            ).records
        return EnvironmentFacts(
            platform.name if platform else self._workspace.host[0],
            declared.scripts or (),
            declared.env,
            [r.identifier if isinstance(r, CondaSourceRecord) else r.location for r in records],
        )
