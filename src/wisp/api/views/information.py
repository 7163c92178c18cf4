"""What `info` tells: the machine, the folders in use, the workspace and its environments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.detectors import DIFFERENCE
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.describe import (
    EnvironmentDescription,
    Machine,
    describe_environments,
    mebibytes,
)
from wisp.config.files import home_folder, pixi_home
from wisp.config.model import Config
from wisp.engine import host
from wisp.engine.files import folder_size
from wisp.errors import WispError
from wisp.specs.conda import channel_url
from wisp.specs.url_secrets import shown
from wisp.values import dataclass, replace
from wisp.workspace.channels import channels_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.engine.detecting import DetectorFinding

TLS_BACKEND = "rustls"
_DETECTORS = "virtual_package_detectors"
_TLS_TOLD = "whom TLS believes is told"
_GLOBAL_MANIFEST = Path("manifests", "pixi-global.toml")
_CREDENTIALS = Path(".rattler", "credentials.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceFacts:
    """The workspace at hand; `size` of its `.pixi` folder in bytes, if it was counted.

    `last_updated` is when the lock file was written last.
    """

    name: str
    version: str | None
    manifest_path: Path
    last_updated: str | None
    size: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape of `info --json`."""
        return {
            "name": self.name,
            "manifest_path": str(self.manifest_path),
            "last_updated": self.last_updated,
            "pixi_folder_size": None if self.size is None else mebibytes(self.size),
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class TlsTrust:
    """Whose certificates connections believe: the configured list, if any, and whether at all."""

    roots: str | None
    verify: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as `info --json` shows it."""
        return {"root_certs": self.roots, "verify": self.verify}


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """Everything that `info` shows. Outside of a workspace `workspace` is None.

    `detectors` is None for a release of Pixi that has none, `tls` for one that does not tell it.
    """

    platform: str
    virtual_packages: tuple[str, ...]
    cache_folder: Path
    cache_size: int | None
    credentials: Path
    config_files: tuple[Path, ...]
    bin_folder: Path
    global_environments: Path
    global_manifest: Path
    workspace: WorkspaceFacts | None
    environments: tuple[EnvironmentDescription, ...]
    release: str
    detectors: tuple[DetectorFinding, ...] | None = None
    tls_backend: str = TLS_BACKEND
    tls: TlsTrust | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the document of `info --json`."""
        told = {} if self.detectors is None else {_DETECTORS: list(map(_plain, self.detectors))}
        return {
            "platform": self.platform,
            "virtual_packages": list(self.virtual_packages),
            **told,
            "version": self.release,
            "tls_backend": self.tls_backend,
            **({} if self.tls is None else {"tls": self.tls.as_json()}),
            "cache_dir": str(self.cache_folder),
            "cache_size": None if self.cache_size is None else mebibytes(self.cache_size),
            "auth_dir": str(self.credentials),
            "global_info": {
                "bin_dir": str(self.bin_folder),
                "env_dir": str(self.global_environments),
                "manifest": str(self.global_manifest),
            },
            "project_info": self.workspace and self.workspace.as_json(),
            "environments_info": [one.as_json() for one in self.environments],
            "config_locations": [str(path) for path in self.config_files],
        }


def gather(
    session: SessionContext, workspace: OpenedWorkspace | None = None, *, sizes: bool = False
) -> Information:
    """Look at everything; `sizes` also counts what the folders hold, which may take long.

    Raises `ManifestError` if features of an environment contradict each other.
    """
    level = (session if workspace is None else workspace).level
    detectors = _detectors(session, workspace)
    told = (package for one in detectors or () for package in one.packages.values())
    machine = Machine(host.detected_subdir(), (*session.provided, *filter(None, told)))
    home = pixi_home(session.environ)
    cache = session.config.cache_folders(is_remote=host.is_remote).root
    return Information(
        platform=machine.subdir,
        virtual_packages=tuple(map(str, session.provided)),
        cache_folder=cache,
        cache_size=folder_size(cache) if sizes else None,
        credentials=_credentials(session.config, session.environ),
        config_files=session.config.files,
        bin_folder=home / "bin",
        global_environments=home / "envs",
        global_manifest=home / _GLOBAL_MANIFEST,
        workspace=None if workspace is None else _facts(workspace, sizes=sizes),
        environments=()
        if workspace is None
        else describe_environments(workspace.manifest, machine, workspace.places, sizes=sizes),
        release=level.release,
        detectors=detectors,
        tls=_trust(session.config) if level.has(_TLS_TOLD) else None,
    )


def _trust(config: Config) -> TlsTrust:
    return TlsTrust(config.get("tls-root-certs"), not config.get("tls-no-verify", False))


def _detectors(
    session: SessionContext, workspace: OpenedWorkspace | None
) -> tuple[DetectorFinding, ...] | None:
    """Return what detectors find: those of the workspace's channels, or of the configured ones.

    Only such run as the user has allowed. A channel that cannot be read is worth a warning, unless
    the network is off.
    """
    if not (session if workspace is None else workspace).level.has(DIFFERENCE):
        return None
    if workspace is None:
        home = home_folder(session.environ)
        urls = [channel_url(name, home) for name in session.config.default_channels]
    else:
        environments = workspace.manifest.environments.values()
        urls = [channel.url for channel in channels_of(workspace.manifest, *environments)]
    try:
        return tuple(
            replace(one, origin=shown(one.origin)) for one in session.detectors.findings(urls)
        )
    except WispError as error:
        # Offline that is no news.
        tell = session.reporter.info if session.config.offline else session.reporter.warn
        tell("it is not known which detectors there are: " + ": ".join(_told(error)))
        return ()


def _told(error: WispError) -> list[str]:
    return [error.message, *(str(cause).splitlines()[0] for cause in error.causes[:1])]


def _plain(one: DetectorFinding) -> dict[str, Any]:
    return {
        "origin": one.origin,
        "detector": one.detector,
        "state": one.state,
        "detail": one.detail or None,
        "virtual_packages": list(one.spelled),
    }


def _credentials(config: Config, environ: Mapping[str, str]) -> Path:
    chosen = environ.get("RATTLER_AUTH_FILE") or config.get("authentication-override-file")
    return Path(chosen) if chosen else home_folder(environ) / _CREDENTIALS


def _facts(workspace: OpenedWorkspace, *, sizes: bool) -> WorkspaceFacts:
    lock = workspace.lock_path
    written = lock.stat().st_mtime if lock.is_file() else None
    return WorkspaceFacts(
        name=workspace.name,
        version=workspace.manifest.workspace.version,
        manifest_path=workspace.manifest.path,
        last_updated=None
        if written is None
        else datetime.fromtimestamp(written).astimezone().strftime("%d-%m-%Y %H:%M:%S"),
        size=folder_size(workspace.places.home) if sizes else None,
    )
