"""The engines of one workspace, each made when it is first needed and shared from then on."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wisp.config.model import Config
from wisp.report import Reporter
from wisp.specs.settings import EngineSettings

if TYPE_CHECKING:
    from wisp.engine.gateway import ChannelAccess
    from wisp.engine.http import HttpClient
    from wisp.engine.names import NameService
    from wisp.engine.uv import Uv
    from wisp.solve.pypi import PypiResolver


class EngineRoom:
    """Everything that reaches the outside, set up as the configuration says.

    Imports happen here, late: a command that only reads never pays for rattler or uv.
    """

    def __init__(self, config: Config, environ: Mapping[str, str], reporter: Reporter) -> None:
        self._config = config
        self._environ = environ
        self._reporter = reporter

    @cached_property
    def settings(self) -> EngineSettings:
        """How caches, network and links are to be used."""
        from wisp.engine.host import is_remote

        return self._config.engine_settings(is_remote=is_remote)

    @cached_property
    def channels(self) -> ChannelAccess:
        """Repodata, packages and the solver."""
        from wisp.engine.gateway import ChannelAccess

        return ChannelAccess(self.settings)

    @cached_property
    def http(self) -> HttpClient:
        """Small files of the web."""
        from wisp.engine.http import HttpClient

        return HttpClient(self.settings.network, self._environ)

    @cached_property
    def names(self) -> NameService:
        """PyPI names of conda packages."""
        from wisp.engine.names import NameService

        return NameService(self.http, self.settings.caches.pypi_mapping, reporter=self._reporter)

    @cached_property
    def uv(self) -> Uv:
        """The engine for PyPI."""
        from wisp.engine.uv import find_uv

        return find_uv(
            self._environ,
            self.settings,
            keyring_provider=self._config.get("pypi-config.keyring-provider"),
            insecure_hosts=tuple(self._config.get("pypi-config.allow-insecure-host", ())),
        )

    @cached_property
    def pypi(self) -> PypiResolver:
        """Answers what PyPI packages fit; remembers answers as long as it lives."""
        from wisp.engine.dist_metadata import MetadataReader
        from wisp.solve.pypi import PypiResolver

        reader = MetadataReader(self.uv, self.http, Path(sys.executable))
        return PypiResolver(self.uv, reader)
