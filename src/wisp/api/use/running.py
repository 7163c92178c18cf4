"""Running tasks and commands in environments of a workspace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wisp import layout
from wisp.activation.variables import active_environment, cleaned
from wisp.api.locks.locking import ensure_lock
from wisp.api.usage import AS_NEEDED, Usage
from wisp.api.use.activating import ActivationRequest, variables
from wisp.api.use.readiness import ensure_ready, run_platform
from wisp.errors import ManifestError, TaskError
from wisp.lock.select import locked_environment
from wisp.platforms import Platform
from wisp.specs.records import CondaSourceRecord
from wisp.tasks import graph as graphs
from wisp.tasks.cache import EnvironmentFacts
from wisp.tasks.catalogue import Catalogue, EnvironmentTasks, listing
from wisp.tasks.run import Settings, product_of, run
from wisp.tasks.script import joined
from wisp.workspace.activation import activation_of as declared_activation
from wisp.workspace.platforms import select_platform
from wisp.workspace.tasks import tasks_of

if TYPE_CHECKING:
    from wisp.api.workspace import Workspace
    from wisp.lock.model import LockFile
    from wisp.specs.records import Record

#: Asks a person for one of several environments of a task; None without an answer.
Choose = Callable[[str, list[str]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How tasks are run.

    `say` prints a line for people, `warn` what should be looked at; `replace` lets the last
    command take the place of this process. `jobs` above one runs independent tasks at the same
    time, `grouped` shows the output of each in one piece, `keep_going` goes on after a failure.
    `remember` tells that nothing unusual was asked for, so that the next call may be quicker.
    """

    program: str
    cwd: Path
    environment: str | None = None
    platform: str | None = None
    usage: Usage = AS_NEEDED
    executable: bool = False
    skip_dependencies: bool = False
    templated: bool = False
    clean: bool = False
    dry: bool = False
    replace: bool = False
    remember: bool = False
    jobs: int = 1
    grouped: bool = False
    keep_going: bool = False
    emoji: bool = True
    say: Callable[[str], None] = field(default=lambda _: None)
    warn: Callable[[str], None] = field(default=lambda _: None)
    choose: Choose | None = None


def catalogue_of(workspace: Workspace, platform: str | None = None) -> Catalogue:
    """Return the tasks of all environments, for the platform each would run on here.

    With `platform` that platform counts, and environments without it cannot run.
    """
    return Catalogue(
        [_environment_tasks(workspace, name, platform) for name in workspace.environment_names]
    )


def _environment_tasks(workspace: Workspace, name: str, wanted: str | None) -> EnvironmentTasks:
    environment = workspace.require_environment(name)
    platforms = workspace.platforms(name)
    host = workspace.host
    chosen: Platform | None
    if wanted is not None:
        chosen = next((p for p in platforms if wanted in (p.name, p.subdir)), None)
    else:
        chosen = select_platform(workspace.manifest, environment, *host)
    runnable = chosen is not None or any(p.subdir == host[0] for p in platforms)
    platform = chosen or next(iter(platforms), None)
    tasks = tasks_of(workspace.manifest, environment, platform)
    elsewhere: dict[str, list[str]] = {}
    for other in platforms:
        for task in tasks_of(workspace.manifest, environment, other):
            if task not in tasks:
                elsewhere.setdefault(task, []).append(other.name)
    return EnvironmentTasks(
        name,
        tasks,
        platform=platform.name if platform else host[0],
        runnable=runnable and (wanted is None or chosen is not None),
        elsewhere=elsewhere,
    )


def task_list(workspace: Workspace, environment: str | None = None) -> str:
    """Return the list that is shown where there is nothing to run: of one environment or all."""
    return listing(catalogue_of(workspace).visible(environment))


def command_of(words: Sequence[str]) -> str:
    """Return the command that the words of a command line mean: one is taken as it is."""
    return words[0] if len(words) == 1 else joined(words)


def run_words(workspace: Workspace, words: Sequence[str], options: RunOptions) -> int:
    """Run a task, or a command, given as the words of a command line; return its exit code.

    Raises:
        TaskError: The task is ambiguous, not available, badly called or badly written.
        ActivationError, LockFileError, SolveError, InstallError: The environment is not to be had.

    """
    catalogue = catalogue_of(workspace, options.platform)
    request = _request(workspace, options)
    _check_platform(workspace, request)
    graph = graphs.build(catalogue, words, request, options.choose)
    provider = Provider(workspace, options, catalogue)
    settings = Settings(
        root=str(workspace.root),
        init_cwd=str(options.cwd),
        cache=str(task_cache_folder(workspace)),
        say=options.say,
        warn=options.warn,
        clean=options.clean,
        dry=options.dry,
        emoji=options.emoji,
        replace=options.replace,
        several=len(workspace.environment_names) > 1,
        env_files=env_files(workspace.manifest.text, workspace.manifest.kind),
        product=product_of(options.program),
    )
    if options.clean and sys.platform == "win32":
        raise TaskError("a clean environment is not supported on Windows")
    if options.jobs > 1 and not options.dry:
        from wisp.tasks.parallel import run_parallel

        return run_parallel(
            graph,
            provider,
            settings,
            jobs=options.jobs,
            grouped=options.grouped,
            keep_going=options.keep_going,
        )
    return run(graph, provider, settings)


def task_cache_folder(workspace: Workspace) -> Path:
    """Return the folder of task fingerprints."""
    return workspace.root / layout.PIXI_DIR / layout.TASK_CACHE_DIR


def active_name(workspace: Workspace) -> str | None:
    """Return the environment of this workspace that is active around us, if one is."""
    return active_environment(str(workspace.root), workspace.environ)


def _request(workspace: Workspace, options: RunOptions) -> graphs.Request:
    active = active_name(workspace)
    explicit = options.environment
    if explicit is None and active != layout.DEFAULT_ENVIRONMENT:
        explicit = active
    return graphs.Request(
        root=str(workspace.root),
        manifest=str(workspace.manifest.path),
        init_cwd=str(options.cwd),
        system=workspace.host[0].partition("-")[0],
        fallback=active or layout.DEFAULT_ENVIRONMENT,
        environment=explicit,
        platform=options.platform,
        executable=options.executable,
        skip_dependencies=options.skip_dependencies,
        templated=options.templated,
    )


def _check_platform(workspace: Workspace, request: graphs.Request) -> None:
    """Raise `ManifestError` for a platform that the chosen environment does not have."""
    if request.platform is None:
        return
    name = request.environment or request.fallback
    if name not in workspace.environment_names:
        return
    platforms = workspace.platforms(name)
    if not any(request.platform in (p.name, p.subdir) for p in platforms):
        known = ", ".join(platform.name for platform in platforms)
        raise ManifestError(
            f"platform '{request.platform}' is not part of environment '{name}'",
            hints=(f"it has: {known}",),
        )


def env_files(text: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Return the `env-file` of each task, from `[tool.wisp.tasks.NAME]`, which Pixi ignores.

    Raises `TaskError` for a value that is neither a path nor a list of paths.
    """
    if "env-file" not in text or kind == "script":
        return {}
    import tomli

    table = tomli.loads(text).get("tool", {}).get("wisp", {}).get("tasks", {})
    found: dict[str, tuple[str, ...]] = {}
    for name, options in table.items():
        paths = options.get("env-file", []) if isinstance(options, Mapping) else []
        paths = [paths] if isinstance(paths, str) else paths
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise TaskError(f"`tool.wisp.tasks.{name}.env-file` must be a path or a list of paths")
        found[name] = tuple(paths)
    return found


class Provider:
    """What the task runner asks of a workspace; the lock is looked at once."""

    def __init__(self, workspace: Workspace, options: RunOptions, catalogue: Catalogue) -> None:
        self._workspace = workspace
        self._options = options
        self._catalogue = catalogue
        self._platforms: dict[str, Platform | None] = {}

    @cached_property
    def _lock(self) -> LockFile:
        return ensure_lock(self._workspace, self._options.usage)

    def _platform(self, environment: str) -> Platform | None:
        if environment not in self._platforms:
            self._platforms[environment] = run_platform(
                self._workspace, self._lock, environment, self._options.platform
            )
        return self._platforms[environment]

    def prepare(self, environment: str) -> None:
        """Install an environment unless it is known to be what the lock says."""
        platform = self._platform(environment)
        ensure_ready(self._workspace, self._lock, environment, platform, self._options.usage)
        if self._options.remember:
            from wisp.api.remembering import remember_environment

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
            records = locked_environment(self._lock, environment, platform.name).records
        return EnvironmentFacts(
            platform.name if platform else self._workspace.host[0],
            declared.scripts or (),
            declared.env,
            [r.identifier if isinstance(r, CondaSourceRecord) else r.location for r in records],
        )
