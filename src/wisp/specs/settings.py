"""How the outside is reached: caches, network, links. Config files end here, engines begin here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from wisp.layout import CHANNEL_ALIAS
from wisp.values import dataclass, field, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from wisp.specs.credentials import BasicHTTP

#: Servers of channels that make the lists of packages themselves, of what was put there.
_LISTING_SERVERS = (f"{CHANNEL_ALIAS}/", "https://prefix.dev/", "https://repo.prefix.dev/")
#: How a bucket may stand in addresses: as a part of the host, or of the path.
S3_STYLES = ("virtual-host", "path")
#: The largest packages of conda-forge have some ten thousand files.
MOST_FILES = 250_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFolders:
    """Where each kind of cached content lives (absolute paths).

    `owners` are the users whose packages are believed to be what is noted of them (None: anybody).
    `doubts` tell which chosen folders are not used, and why; `instead_of` is the root that cannot
    be written, where these folders are for one process alone. Where all caches are `believed`, what
    one channel lists may be taken for another's, as Pixi takes it.
    """

    root: Path
    conda_packages: Path
    repodata: Path
    pypi_wheels: Path
    pypi_mapping: Path
    exec_environments: Path
    build_tool_environments: Path
    detached_environments: Path
    owners: frozenset[int] | None = None
    believed: bool = False
    doubts: tuple[str, ...] = ()
    instead_of: Path | None = None

    def repodata_of(self, channels: Iterable[str]) -> Path:
        """Return the folder for what some channels of the web list: their own, if not the usual.

        What is listed on a server that makes the lists itself is where Pixi has it: whoever owns a
        channel there can only put packages into it.
        """
        remote = sorted({url.rstrip("/") for url in channels if not url.startswith("file:")})
        if self.believed or all(url.startswith(_LISTING_SERVERS) for url in remote):
            return self.repodata
        import hashlib  # loads OpenSSL, which small channels in folders do without

        digest = hashlib.sha256("\n".join(remote).encode()).hexdigest()
        return self.repodata / f"of-{digest[:16]}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """All folders, the root first."""
        named = [getattr(self, one.name) for one in fields(self) if one.name != "instead_of"]
        return tuple(one for one in named if isinstance(one, Path))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepodataFormats:
    """Which of the packed forms of repodata may be asked for."""

    zstd: bool = True
    bzip2: bool = True
    sharded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Bucket:
    """Where a bucket is served, if not by the usual service."""

    endpoint_url: str
    region: str
    addressing: Literal["path", "virtual-host"] = "virtual-host"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> S3Bucket:
        """Make it of the keys of a configuration or a manifest; a named style beats the switch."""
        addressing: Literal["path", "virtual-host"] = "virtual-host"
        if row.get("addressing-style", "path" if row.get("force-path-style") else None) == "path":
            addressing = "path"
        return cls(endpoint_url=row["endpoint-url"], region=row["region"], addressing=addressing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how much of a host is borne.

    `silence` are seconds without anything, `whole` for a request and its answer; `largest` are
    bytes of an answer of a channel, or of a package whose size nobody tells, `growth` is how many
    times its archive's size an unpacked package may have, once it is larger than `largest`.
    `memory` is what uv, or rattler, may need for what it reads, `files` how many files and folders
    a package may have: to link a hundred thousand takes as long as a large download.
    """

    silence: float = 90.0
    whole: int = 2 * 60 * 60
    largest: int = 4 << 30
    growth: int = 100
    memory: int = 4 << 30
    files: int = MOST_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How channels, archives and mappings are reached.

    `mirrors` maps URL prefixes to the URLs tried instead; `repodata_by_prefix` replaces
    `repodata` for channels below a URL. `auth_file` replaces every other store of credentials.
    `logins`, by addresses, are those in addresses of channels and package indexes; they come
    before what is stored.
    """

    offline: bool = False
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    auth_file: Path | None = None
    logins: Mapping[str, BasicHTTP] = field(default_factory=dict)
    tls_no_verify: bool = False
    tls_root_certs: Literal["webpki", "system"] | None = None
    http_proxy: str | None = None
    https_proxy: str | None = None
    non_proxy_hosts: tuple[str, ...] = ()
    s3: Mapping[str, S3Bucket] = field(default_factory=dict)
    repodata: RepodataFormats = RepodataFormats()
    repodata_by_prefix: Mapping[str, RepodataFormats] = field(default_factory=dict)
    concurrent_solves: int = 2
    concurrent_downloads: int = 50
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """How packages are put into a prefix; None leaves the choice to the file system."""

    symbolic: bool | None = None
    hard: bool | None = None
    ref: bool | None = None
    run_scripts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """All that the engines need to know of a user's configuration."""

    caches: CacheFolders
    network: Network = Network()
    linking: Linking = Linking()
