"""The configuration in force, and who asks for it (`wisp.config.levels` reads it)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.config.caches import cache_folders, expand
from wisp.config.merging import Merged
from wisp.specs.settings import (
    CacheFolders,
    EngineSettings,
    Linking,
    Network,
    RepodataFormats,
    S3Bucket,
)
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Of what is done at once: the engines know no larger numbers.
_MOST = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRequest:
    """Whose configuration is wanted.

    `overrides` are dotted keys that the command line sets. `config_file` stands in for all files
    of system and user, `no_config` drops them (`PIXI_CONFIG_FILE` and `PIXI_NO_CONFIG` do the
    same); the workspace's own file is read in any case. `global_only` leaves out the workspace,
    `system_only` the user as well. Without `with_variables` only files count, all of them, which
    is what `config` shows and changes.
    """

    environ: Mapping[str, str]
    workspace: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    no_config: bool = False
    config_file: Path | None = None
    global_only: bool = False
    system_only: bool = False
    with_variables: bool = True
    cpus: int = field(default_factory=lambda: os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What is configured: values by path, where each came from, and typed views of them.

    `files` are the files that were read, highest priority first; `warnings` what to tell the
    user about them.
    """

    merged: Merged = field(default_factory=Merged)
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    cpus: int = 1

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a dotted key, or `default` where it is not configured."""
        return self.merged.values.get(tuple(key.split(".")), default)

    def origin(self, key: str) -> Path | None:
        """Return the file that had the last word on a key, None if none had."""
        return self.merged.origins.get(tuple(key.split(".")))

    @property
    def default_channels(self) -> tuple[str, ...]:
        """The channels where nothing names any."""
        return tuple(self.get("default-channels") or ("conda-forge",))

    @property
    def pinning_strategy(self) -> str | None:
        """How added versions are bounded, None where each package's own way holds."""
        value = self.get("pinning-strategy")
        return None if value is None else str(value)

    @property
    def offline(self) -> bool:
        """Whether the network is off."""
        return bool(self.get("offline", False))

    @property
    def change_prompt(self) -> bool:
        """Whether an activated shell shows its environment in the prompt."""
        return bool(self.get("shell.change-ps1", True))

    @property
    def source_completions(self) -> bool:
        """Whether completion scripts of environments are loaded in activated shells."""
        return bool(self.get("shell.source-completion-scripts", True))

    @property
    def exclude_newer(self) -> str | None:
        """The cut-off where nothing else names one, as written."""
        value = self.get("exclude-newer.cutoff")
        return None if value is None else str(value)

    @property
    def exemptions(self) -> Mapping[str, Any]:
        """What that cut-off does not hold for, by package, as written."""
        found: Mapping[str, Any] = self.get("exclude-newer.exemptions", {})
        return found

    @property
    def conda_scripts(self) -> bool:
        """Whether scripts of any language may bring what they need (experimental)."""
        return bool(self.get("experimental.conda-script", False))

    @property
    def use_activation_cache(self) -> bool:
        """Whether activation may be remembered (experimental)."""
        return bool(
            self.get("experimental.use-environment-activation-cache", False)
            and not self.get("shell.force-activate", False)
        )

    def cache_folders(self, *, is_remote: Callable[[Path], bool]) -> CacheFolders:
        """Return where caches lie; `is_remote` tells network file systems apart."""
        return cache_folders(self.merged.values, self.environ, is_remote=is_remote)

    def detached_folder(self, *, is_remote: Callable[[Path], bool]) -> Path | None:
        """Return where environments lie that do not live in their workspace, None if they do."""
        value = self.get("detached-environments", False)
        if isinstance(value, str):
            return expand(value, self.environ)
        return self.cache_folders(is_remote=is_remote).detached_environments if value else None

    def engine_settings(
        self,
        *,
        is_remote: Callable[[Path], bool],
        buckets: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> EngineSettings:
        """Return what the engines need to know; `buckets` count before the configured ones."""
        return EngineSettings(
            caches=self.cache_folders(is_remote=is_remote),
            network=self._network(buckets or {}),
            linking=Linking(
                symbolic=self.get("allow-symbolic-links"),
                hard=self.get("allow-hard-links"),
                ref=self.get("allow-ref-links"),
                run_scripts=self.get("run-post-link-scripts") == "insecure",
            ),
        )

    def _network(self, buckets: Mapping[str, Mapping[str, Any]]) -> Network:
        auth = self.get("authentication-override-file")
        mirrors: Mapping[str, list[str]] = self.get("mirrors", {})
        return Network(
            offline=self.offline,
            mirrors={prefix: tuple(urls) for prefix, urls in mirrors.items()},
            auth_file=expand(auth, self.environ) if auth else None,
            tls_no_verify=bool(self.get("tls-no-verify", False)),
            tls_root_certs=self.get("tls-root-certs"),
            http_proxy=self.get("proxy-config.http"),
            https_proxy=self.get("proxy-config.https"),
            non_proxy_hosts=tuple(self.get("proxy-config.non-proxy-hosts", ())),
            s3=_buckets({**self._named("s3-options"), **buckets}),
            repodata=_formats(self._table("repodata-config")),
            repodata_by_prefix={
                prefix: _formats(row) for prefix, row in self._named("repodata-config").items()
            },
            concurrent_solves=_at_once(self.get("concurrency.solves", self.cpus)),
            concurrent_downloads=_at_once(self.get("concurrency.downloads", 50)),
        )

    def _table(self, name: str) -> dict[str, Any]:
        values = self.merged.values
        return {path[1]: values[path] for path in values if path[0] == name and len(path) == 2}

    def _named(self, name: str) -> dict[str, dict[str, Any]]:
        tables: dict[str, dict[str, Any]] = {}
        for path, value in self.merged.values.items():
            if path[0] == name and len(path) == 3:
                tables.setdefault(path[1], {})[path[2]] = value
        return tables


def _at_once(count: int) -> int:
    """Bring a count to what the engines can do at once."""
    return min(max(1, count), _MOST)


def _formats(table: Mapping[str, bool]) -> RepodataFormats:
    return RepodataFormats(
        zstd=not table.get("disable-zstd", False),
        bzip2=not table.get("disable-bzip2", False),
        sharded=not table.get("disable-sharded", False),
    )


def _buckets(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, S3Bucket]:
    return {
        name: S3Bucket.of(row)
        for name, row in tables.items()
        if "endpoint-url" in row and "region" in row
    }
