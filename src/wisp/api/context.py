"""What deeds need that has no manifest: configuration, surroundings, and the engines."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from wisp.compat import CompatLevel, preferred, wish_of
from wisp.config.levels import read_config
from wisp.config.model import Config, ConfigRequest
from wisp.engine.waiting import listen
from wisp.platforms import VirtualPackage
from wisp.report import SILENT, Reporter
from wisp.specs.settings import EngineSettings
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from wisp.api.detectors import Detectors
    from wisp.api.notices import ChannelNotices
    from wisp.engine.auth.stores import Credentials
    from wisp.engine.gateway import ChannelAccess
    from wisp.engine.http import HttpClient
    from wisp.engine.names import NameService
    from wisp.engine.uv import Uv
    from wisp.solve.pypi import PypiResolver

_SHARED_CACHE = (
    "`wisp config set --global trust.caches true` believes all who write to shared caches"
)


#: The engines that send what stands in addresses of channels, and what they are made of.
_WITH_LOGINS = ("_opened", "channels", "credentials", "http")


class SessionContext:
    """A configuration, the caller's surroundings, and everything that reaches the outside.

    `environ` is what counts as the environment of the process, `now` (aware) as the present.
    Each engine is made when it is first needed and shared from then on; its imports happen here,
    late, so that a command that only reads never pays for rattler or uv.
    """

    def __init__(
        self,
        config: Config | ConfigRequest,
        environ: Mapping[str, str],
        reporter: Reporter = SILENT,
        *,
        now: datetime | None = None,
    ) -> None:
        self._config = config
        self.environ = environ
        self.reporter = reporter
        self.now = now or datetime.now(UTC)
        self._only_looks = False
        #: What the manifest says of buckets, before the first engine is made.
        self.buckets: Mapping[str, Mapping[str, Any]] = {}
        self._addresses: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @classmethod
    def of(
        cls, request: ConfigRequest, reporter: Reporter = SILENT, *, now: datetime | None = None
    ) -> Self:
        """Start a session with the configuration that a request means; it is read when needed."""
        listen(reporter.warn)
        return cls(request, request.environ, reporter, now=now)

    @cached_property
    def config(self) -> Config:
        """The configuration in force; what is odd about its files is left in `warnings`.

        Raises `ConfigError` if a file that must be read cannot be.
        """
        known = self._config
        return read_config(known) if isinstance(known, ConfigRequest) else known

    @cached_property
    def level(self) -> CompatLevel:
        """The release of Pixi that is followed where no manifest has a say.

        Raises `ConfigError` if what was asked for is none.
        """
        return preferred(wish_of(self.environ))

    # This machine

    @cached_property
    def subdir(self) -> str:
        """The subdir to act as; an override that names none is warned of."""
        from wisp.engine import host

        wrong = host.invalid_override(self.environ)
        if wrong is not None:
            self.reporter.warn(f"PIXI_OVERRIDE_PLATFORM names no platform: '{wrong}'")
        return host.subdir(self.environ)

    @cached_property
    def host(self) -> tuple[str, tuple[VirtualPackage, ...]]:
        """The subdir to act as, and the virtual packages of this machine."""
        return self.subdir, self.provided

    @cached_property
    def provided(self) -> tuple[VirtualPackage, ...]:
        """The virtual packages of this machine; an override that cannot be read is warned of."""
        from wisp.engine.host import virtual_packages

        def tell(name: str, reason: str) -> None:
            self.reporter.warn(f"{name} is ignored: {reason}")

        return virtual_packages(self.environ, tell)

    # Engines

    @cached_property
    def _lent(self) -> Mapping[str, str]:
        """The caller's environment without proxies that are none, of which the user is warned."""
        from wisp.engine.proxies import decides, malformed_proxies

        wrong = malformed_proxies(self.environ)
        if not wrong:
            return self.environ
        from wisp.specs.url_secrets import shown

        for name in (name for name in wrong if decides(name, self.environ)):
            self.reporter.warn(
                f"`{name}` is ignored: `{shown(wrong[name])}` is no address of a proxy",
                hints=("write it as `http://HOST:PORT`",),
            )
        return {name: text for name, text in self.environ.items() if name not in wrong}

    @cached_property
    def settings(self) -> EngineSettings:
        """How caches, network and links are to be used."""
        settings = self.chosen_settings
        for doubt in settings.caches.doubts:
            self.reporter.warn(doubt, hints=(_SHARED_CACHE,))
        from wisp.engine.makeshift import usable

        return replace(settings, caches=usable(settings.caches))

    @cached_property
    def chosen_settings(self) -> EngineSettings:
        """The same as the user has chosen it, whether the machine allows it or not."""
        from wisp.engine.host import is_remote

        return self.config.engine_settings(is_remote=is_remote, buckets=self.buckets)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Channels and package indexes as they are written, whose users and passwords count.

        The URLs of channels have none, so that no lock and no record of a package does. Engines
        that were made before there were others are made anew.
        """
        return self._addresses

    @addresses.setter
    def addresses(self, addresses: tuple[str, ...]) -> None:
        if addresses != self._addresses:
            self._addresses = addresses
            for engine in _WITH_LOGINS:
                self.__dict__.pop(engine, None)

    @cached_property
    def _opened(self) -> EngineSettings:
        """The settings with the logins that are expected."""
        from wisp.engine.auth.index_variables import named_index

        named = map(self.environ.get, ("UV_DEFAULT_INDEX", "UV_INDEX_URL"))
        indexes = (named_index(text)[1] for text in named if text and "@" in text)
        addresses = (*self._addresses, *indexes)
        if not addresses:
            return self.settings
        from wisp.engine.auth.channel_logins import logins_in

        network = replace(self.settings.network, logins=logins_in(addresses))
        return replace(self.settings, network=network)

    @cached_property
    def channels(self) -> ChannelAccess:
        """Repodata, packages and the solver."""
        from wisp.engine.gateway import ChannelAccess

        missed = self.settings.caches.instead_of
        if missed is not None:
            from wisp.rights import way_to_write

            self.reporter.warn(
                f"what is downloaded is not kept, since the cache `{missed}` cannot be written",
                hints=(way_to_write(missed), "or `PIXI_CACHE_DIR` names another folder"),
            )
        return ChannelAccess(self._opened, self._lent)

    @cached_property
    def notices(self) -> ChannelNotices:
        """What channels have to tell."""
        from wisp.api.notices import ChannelNotices

        root = self.settings.caches.root
        return ChannelNotices(lambda: self.http, root, self.reporter, self.now)

    @cached_property
    def detectors(self) -> Detectors:
        """What the detectors of channels find on this machine."""
        from wisp.api.detectors import Detectors

        return Detectors(self)

    @cached_property
    def credentials(self) -> Credentials:
        """The stored credentials, and which of them a URL gets."""
        from wisp.engine.auth.stores import Credentials

        return Credentials.of(self._opened.network, self.environ)

    @cached_property
    def http(self) -> HttpClient:
        """Small files of the web."""
        from wisp.engine.http import HttpClient

        return HttpClient(self.settings.network, self._lent, self.credentials)

    @cached_property
    def names(self) -> NameService:
        """PyPI names of conda packages."""
        from wisp.engine.names import NameService

        return NameService(self.http, self.settings.caches.pypi_mapping, reporter=self.reporter)

    @cached_property
    def uv(self) -> Uv:
        """The engine for PyPI."""
        from wisp.engine.uv import find_uv

        return find_uv(
            self._lent,
            self.settings,
            keyring_provider=self.config.get("pypi-config.keyring-provider"),
            insecure_hosts=tuple(self.config.get("pypi-config.allow-insecure-host", ())),
            credentials=self.credentials,
            reporter=self.reporter,
        )

    @contextmanager
    def only_looking(self) -> Iterator[None]:
        """See to it that meanwhile no code runs of the workspace, of packages or of back-ends."""
        before, self._only_looks = self._only_looks, True
        try:
            yield
        finally:
            self._only_looks = before

    @property
    def pypi(self) -> PypiResolver:
        """Answers what PyPI packages fit; remembers answers as long as it lives."""
        return self._looking_pypi if self._only_looks else self._building_pypi

    @cached_property
    def _building_pypi(self) -> PypiResolver:
        return self._resolver(self.uv, Path(sys.executable))

    @cached_property
    def _looking_pypi(self) -> PypiResolver:
        from wisp.engine.unable_python import unable_python

        if sys.platform == "win32":  # where no script can stand for a program
            return self._building_pypi
        folder = self.uv.cache_dir / "wisp-looks"
        python = unable_python(folder, Path(sys.executable))
        return self._resolver(self.uv.unaware(), python, builds=False)

    def _resolver(self, uv: Uv, python: Path, *, builds: bool = True) -> PypiResolver:
        from wisp.engine.dist_metadata import MetadataReader
        from wisp.solve.pypi import PypiResolver

        return PypiResolver(uv, MetadataReader(uv, self.http, python), python, builds=builds)
