"""The only place that starts uv: where it is, what it may see of the environment, how it failed.

uv is pinned, because wisp reads its cache. It never gets the user's uv configuration: neither
files (`--no-config`) nor `UV_*` variables, apart from those that concern the network, so that the
same workspace gives the same lock everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from wisp.engine.auth.index_variables import named_index
from wisp.engine.auth.stores import Credentials, home_of
from wisp.engine.certificates import CERTIFICATE_VARIABLES, certificate_variables
from wisp.engine.mirrors import TextMirrors
from wisp.engine.process import ProcessResult, capture
from wisp.engine.proxies import (
    PROXY_VARIABLES,
    SPARING_VARIABLES,
    has_proxy,
    named_proxies,
    spared_hosts,
)
from wisp.engine.uv_drafts import UvDrafts
from wisp.engine.uv_network import UvCall, prepared
from wisp.engine.uv_news import DRAWING, NOWHERE, UvNews
from wisp.engine.watched import can_watch, watch
from wisp.errors import FetchError, HostError, WispError
from wisp.foreign import toml_data
from wisp.report import SILENT, Reporter
from wisp.specs.credentials import BasicHTTP, BearerToken, Credential
from wisp.specs.settings import EngineSettings, Network, Patience
from wisp.specs.url_secrets import shown
from wisp.trust import found_text
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What of the user's uv settings reaches uv: how to reach the network, never what to choose.
_KEPT = frozenset(
    {
        "UV_CONCURRENT_BUILDS",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_CONCURRENT_INSTALLS",
        "UV_HTTP_CONNECT_TIMEOUT",
        "UV_HTTP_RETRIES",
        "UV_HTTP_TIMEOUT",
        "UV_LINK_MODE",
        "UV_NATIVE_TLS",
        "UV_REQUEST_TIMEOUT",
        "UV_SKIP_WHEEL_FILENAME_CHECK",
        "UV_SYSTEM_CERTS",
    }
)
#: Settings of Python and of environments around us that must not leak into builds.
_DROPPED = frozenset(
    {
        "CONDA_PREFIX",
        "PYTHONEXECUTABLE",
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "__PYVENV_LAUNCHER__",
    }
)
#: What finds programs, folders and the network, and no more: none of it is a secret. The variables
#: of SSH and git are what repositories are reached by; helpers of git and of uv ask the keyrings.
_PLAIN = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "COLUMNS", "LANG", "TZ", "NETRC"}
    | {"TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"}
    | {"SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT"}
    | {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_SSL_CAINFO"}
    | {"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "KRB5CCNAME"}
    | {*_KEPT, *CERTIFICATE_VARIABLES}
)

#: The signals that a program brings upon itself.
_CRASHES = frozenset({"SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"})


class UvError(WispError):
    """uv ended with an error. `stderr` is all it said, `code` its exit code."""

    def __init__(self, code: int, stderr: str) -> None:
        super().__init__(stderr.strip() or f"uv ended with exit code {code}")
        self.code = code
        self.stderr = stderr


def _crash(code: int) -> FetchError | None:
    """Word that uv has ended by a signal of its own making, as at requirements nested too deeply.

    What it says then is Rust's, about threads and stacks.
    """
    if code >= 0:
        return None
    from signal import Signals

    name = Signals(-code).name
    if name not in _CRASHES:
        return None
    return FetchError(
        "a package or an index says of itself what uv cannot bear",
        causes=[f"uv was ended by {name}"],
        hints=["leave out what was required last, or ask for another version of it"],
    )


def unindented(text: str) -> str:
    """Take the margin of what follows a first line away; what stands deeper in it stays so."""
    from textwrap import dedent

    first, _, rest = text.strip().partition("\n")
    lines = [first, *dedent(rest).splitlines()]
    return "\n".join(line.rstrip() for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uv:
    """How uv is called: its executable, its cache, its view of network and environment.

    `default_index` replaces the default index where the user has set one for uv
    (`UV_DEFAULT_INDEX`, `UV_INDEX_URL`); locks do not name it.
    """

    executable: str
    cache_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    default_index: str | None = None
    keyring_provider: str | None = None
    insecure_hosts: tuple[str, ...] = ()
    credentials: Credentials | None = field(default=None, repr=False)
    mirrors: TextMirrors = field(default=TextMirrors({}), repr=False)
    users_store: str = field(default="", repr=False)
    proxies: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reporter: Reporter = field(default=SILENT, repr=False)
    patience: Patience = field(default=Patience(), repr=False)

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        hosts: Mapping[str, str] = NOWHERE,
        beside: Iterable[str] = (),
    ) -> ProcessResult:
        """Run uv to its end and return what it said.

        `pass_fds` are descriptors that uv inherits: a lock held on one of them lasts as long as
        uv does, even if wisp dies first (POSIX only). Whoever looks on is told what uv shows on
        a terminal; `hosts` are where packages come from, by their names; `beside` are
        addresses that are in files and not among `arguments`, which may want a login.

        Raises:
            UvError: uv fails.
            FetchError: What it fetches has no end, or ends uv itself.
            HostError: It cannot be started.

        """
        with prepared(
            arguments, self.credentials, self.mirrors, self.users_store, self.proxies,
            keep_users=self.keyring_provider is not None, beside=beside,
        ) as call:  # fmt: skip
            done = self._finished(
                [self.executable, *call.arguments, *self._common()],
                {**self.environment, **(variables or {}), **call.variables},
                cwd,
                pass_fds,
                hosts,
            )
        if done.code:
            raise _crash(done.code) or UvError(done.code, done.stderr)
        return done

    def unaware(self) -> Uv:
        """Return a uv that does not see the user's own variables, for where nothing is built.

        It puts them into addresses that packages require (`${NAME}`), whoever wrote those. It knows
        names of capital letters only, so that proxies, which may have passwords, keep small ones.
        """
        seen = {name: value for name, value in self.environment.items() if name in _PLAIN}
        proxies = named_proxies(self.environment)
        if spared := spared_hosts(self.environment):
            proxies["no_proxy"] = spared
        return replace(self, environment=seen | proxies)

    @contextmanager
    def command(self, arguments: Sequence[str], behind: Sequence[str]) -> Iterator[UvCall]:
        """Give the command line and variables of a call that somebody else makes.

        `behind` come last: they are for a program that uv starts. Credentials are where the
        variables say as long as the body lasts; the user's settings for uv count for nothing.
        """
        with prepared(
            arguments, self.credentials, self.mirrors, self.users_store, self.proxies,
            keep_users=self.keyring_provider is not None,
        ) as call:  # fmt: skip
            argv = (self.executable, *call.arguments, *self._common(), *behind)
            yield UvCall(argv, {**self.environment, **call.variables})

    def _finished(
        self,
        argv: list[str],
        environ: dict[str, str],
        cwd: Path | None,
        pass_fds: Sequence[int],
        hosts: Mapping[str, str],
    ) -> ProcessResult:
        look = UvDrafts(self.cache_dir, hosts.values(), self.patience).look
        if not (self.reporter.watched and can_watch()):
            argv.append("--no-progress")
            return capture(argv, environ=environ, cwd=cwd, keep_open=pass_fds, look=look)
        environ |= DRAWING
        with UvNews(self.reporter, hosts) as news:
            return watch(argv, news, environ=environ, cwd=cwd, keep_open=pass_fds, look=look)

    def _common(self) -> list[str]:
        options = ["--no-config", "--no-python-downloads", "--color=never"]
        options += ["--cache-dir", str(self.cache_dir)]
        if self.offline:
            options.append("--offline")
        if self.keyring_provider:
            options += ["--keyring-provider", self.keyring_provider]
        for host in self.insecure_hosts:
            options += ["--allow-insecure-host", host]
        return options


def find_uv(
    environ: Mapping[str, str],
    settings: EngineSettings,
    *,
    keyring_provider: str | None = None,
    insecure_hosts: Sequence[str] = (),
    credentials: Credentials | None = None,
    reporter: Reporter = SILENT,
) -> Uv:
    """Find the uv that belongs to wisp and give it the part of `environ` that it may see.

    Raises `HostError` when it is not installed.
    """
    from uv import find_uv_bin

    try:
        executable = find_uv_bin()
    except FileNotFoundError as error:
        raise HostError(
            "uv is missing beside wisp", hints=["Reinstall wisp together with its dependencies"]
        ) from error
    return Uv(
        executable=executable,
        cache_dir=settings.caches.pypi_wheels,
        environment=visible_environment(environ, settings.network),
        offline=settings.network.offline,
        default_index=named_index(environ.get("UV_DEFAULT_INDEX", ""))[1]
        or environ.get("UV_INDEX_URL")
        or None,
        keyring_provider=keyring_provider,
        insecure_hosts=("*",) if settings.network.tls_no_verify else tuple(insecure_hosts),
        credentials=credentials,
        mirrors=TextMirrors(settings.network.mirrors),
        users_store=_users_store(environ),
        proxies=secret_proxies(environ, settings.network),
        reporter=reporter,
        patience=settings.network.patience,
    )


def _users_store(environ: Mapping[str, str]) -> str:
    """Return what the user has told `uv auth login`, if that is readable, and nothing else."""
    file = _users_file(environ)
    if file is None:
        return ""
    try:
        text = found_text(file)
        return text if toml_data(text).keys() <= {"credential"} else ""
    except (OSError, ValueError):
        return ""


def _users_file(environ: Mapping[str, str]) -> Path | None:
    home = home_of(environ)
    data = environ.get("XDG_DATA_HOME") or (home / ".local/share" if home else None)
    folder = environ.get("UV_CREDENTIALS_DIR") or (Path(data) / "uv/credentials" if data else None)
    return Path(folder) / "credentials.toml" if folder else None


def users_login(environ: Mapping[str, str], url: str) -> tuple[str, Credential, str] | None:
    """Return what the user's own store of uv has for an address: service, credential, file."""
    rows = toml_data(_users_store(environ) or "").get("credential", ())
    fitting = [row for row in rows if _is_below(url, str(row.get("service", "")))]
    if not fitting:
        return None
    row = max(fitting, key=lambda one: len(str(one["service"])))
    if "token" in row:
        found: Credential = BearerToken("")
    else:
        found = BasicHTTP(str(row.get("username", "")), "")
    return str(row["service"]), found, str(_users_file(environ))


def _is_below(url: str, service: str) -> bool:
    """Tell whether a URL is a service or below it: `example.com.org` is not below `example.com`."""
    return f"{url.rstrip('/')}/".startswith(f"{service.rstrip('/')}/")


def secret_proxies(environ: Mapping[str, str], network: Network) -> dict[str, Any]:
    """Return configured proxies that have a password, as uv's own configuration says them.

    What stands in variables all builds can read. Where the environment names a proxy, it counts.
    """
    addresses = {"http-proxy": network.http_proxy, "https-proxy": network.https_proxy}
    told = {key: url for key, url in addresses.items() if url}
    if has_proxy(environ) or all(shown(url) == url for url in told.values()):
        return {}
    return {**told, "no-proxy": list(network.non_proxy_hosts)}


def visible_environment(environ: Mapping[str, str], network: Network) -> dict[str, str]:
    """Return the variables that uv, and the builds it starts, may see.

    Configured proxies without a password are added where the environment names none, as for conda
    packages, and so is the configured number of downloads at once.
    """
    visible = {name: value for name, value in environ.items() if _is_visible(name)}
    for name in CERTIFICATE_VARIABLES:
        visible.pop(name, None)
    visible |= certificate_variables(environ)
    for name in (*PROXY_VARIABLES, *SPARING_VARIABLES):
        if not visible.get(name):  # which would stand before one with another spelling
            visible.pop(name, None)
    if not has_proxy(visible) and not secret_proxies(environ, network):
        if network.http_proxy:
            visible["HTTP_PROXY"] = network.http_proxy
        if network.https_proxy:
            visible["HTTPS_PROXY"] = network.https_proxy
        if network.non_proxy_hosts:
            visible["NO_PROXY"] = ",".join(network.non_proxy_hosts)
    if network.tls_root_certs == "system":
        visible.setdefault("UV_SYSTEM_CERTS", "1")
    visible.setdefault("UV_CONCURRENT_DOWNLOADS", str(network.concurrent_downloads))
    return visible


def _is_visible(name: str) -> bool:
    # Logins of indexes (`UV_INDEX_NAME_PASSWORD`) reach uv by a file, as builds see variables.
    return name in _KEPT if name.startswith("UV_") else name not in _DROPPED
