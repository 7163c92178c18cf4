"""What may be wrong between wisp and the world: each thing tried once, shortly, and told.

Nothing is written. Where something is broken, the check says what to do. Addresses are shown
without what is secret in them.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from wisp.api.authorizing import entries
from wisp.api.context import SessionContext
from wisp.api.folders import DETACH, needs_detached
from wisp.api.locks.judging import reasons_against
from wisp.api.locks.lock_file import known_lock
from wisp.api.opened import OpenedWorkspace
from wisp.config import config_files
from wisp.engine.certificates import certificate_variables
from wisp.engine.http_exchange import Bounds, Response
from wisp.engine.mirrors import mirrored
from wisp.engine.proxies import choose_proxies
from wisp.engine.rattler_errors import NO_WEB_MIRROR
from wisp.engine.tls import tls_context
from wisp.errors import ConfigError, WispError
from wisp.layout import CONDA_META, DEFAULT_ENVIRONMENT, DEFAULT_INDEX
from wisp.rights import way_to_write
from wisp.specs.conda import channel_url
from wisp.specs.url_secrets import shown
from wisp.specs.urls import url_origin, without_userinfo
from wisp.values import dataclass, fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    State = Literal["good", "doubtful", "broken"]

#: How long one server may take, and how many are asked at once.
_SECONDS = 5.0
_AT_ONCE = 8
#: A channel has one of these, whatever its age.
_REPODATA = ("repodata_shards.msgpack.zst", "repodata.json.zst", "repodata.json")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was tried: about what, what came back, and what to do where that is bad."""

    subject: str
    state: State
    found: str
    advice: str | None = None

    @classmethod
    def failed(cls, subject: str, error: WispError) -> Check:
        """Tell of a failure, with its causes and its first hint."""
        told = ": ".join([error.message, *map(str, error.causes)])
        return cls(subject, "broken", told, next(iter(error.hints), None))

    def as_json(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def diagnose(
    session: SessionContext,
    workspace: OpenedWorkspace | None = None,
    failure: WispError | None = None,
) -> tuple[Check, ...]:
    """Look at configuration, machine, caches, credentials, network, and the workspace if given.

    `failure` is why there is none to give. Raises nothing: what cannot even be looked at is broken.
    """
    failure = failure or _misconfiguration(session)
    if isinstance(failure, ConfigError):  # all else depends on it
        broken = Check.failed("configuration", failure)
        advice = broken.advice or _way_to_file(broken.found, session.environ)
        machine = _looked("virtual packages", partial(_machine, session))
        return (replace(broken, advice=advice), *machine)
    first = [] if failure is None else [Check.failed("workspace", failure)]
    return (*first, *_all_checks(session, workspace))


def _misconfiguration(session: SessionContext) -> ConfigError | None:
    try:
        _ = session.config
    except ConfigError as error:
        return error
    return None


def _all_checks(session: SessionContext, workspace: OpenedWorkspace | None) -> list[Check]:
    parts: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        ("configuration", partial(_configuration, session)),
        ("virtual packages", partial(_machine, session)),
        ("caches", partial(_caches, session)),
        ("credentials", partial(_credentials, session)),
        ("certificates", partial(_certificates, session)),
        ("network", partial(_network, session, workspace)),
    ]
    if workspace is not None:
        parts += [
            ("folders", partial(_folders, workspace)),
            ("platform", partial(_platform, workspace)),
            ("lock file", partial(_lock, workspace)),
        ]
    return [check for subject, part in parts for check in _looked(subject, part)]


def _looked(subject: str, part: Callable[[], Iterator[Check]]) -> list[Check]:
    try:
        return list(part())
    except WispError as error:
        return [Check.failed(subject, error)]
    except (OSError, ssl.SSLError) as error:
        return [Check(subject, "broken", str(error))]


def _way_to_file(warning: str, environ: Mapping[str, str]) -> str | None:
    """Tell how to open the file that a warning is about, unless it has advice of its own."""
    if "by `wisp trust`" in warning:
        return None
    where = config_files(environ)
    if str(where.system) in warning:
        return "`pixi config edit --system` opens the file"
    if any(str(file) in warning for file in (*where.user, *where.shared_user)):
        return "`pixi config edit --global` opens the file"
    return "`pixi config edit --local` opens the file"


def _configuration(session: SessionContext) -> Iterator[Check]:
    config = session.config
    for warning in config.warnings:
        yield Check(
            "configuration", "doubtful", str(warning), _way_to_file(warning, config.environ)
        )
    if not config.warnings:
        yield Check("configuration", "good", "it can be read")


def _machine(session: SessionContext) -> Iterator[Check]:
    subdir, provided = session.host
    yield Check("virtual packages", "good", ", ".join([subdir, *map(str, provided)]))


def _caches(session: SessionContext) -> Iterator[Check]:
    folders = session.chosen_settings.caches
    for folder in dict.fromkeys(folders.paths):
        near = next(one for one in (folder, *folder.parents) if one.exists())
        if near.is_dir() and os.access(near, os.W_OK | os.X_OK):
            continue
        advice = "make it yours, or choose another one by `PIXI_CACHE_DIR`"
        yield Check(f"cache {folder}", "broken", f"`{near}` cannot be written to", advice)
        return
    yield Check("caches", "good", f"{folders.root} can be written to")


def _credentials(session: SessionContext) -> Iterator[Check]:
    stored = entries(session.credentials)
    hosts = ", ".join(dict.fromkeys(one.key for one in stored))
    yield Check("credentials", "good", f"stored for {hosts}" if stored else "none are stored")
    for fault in session.credentials.faults:
        yield Check.failed("credentials", fault)


def _certificates(session: SessionContext) -> Iterator[Check]:
    network = session.settings.network
    if network.tls_no_verify:
        advice = "take `tls-no-verify` out of the configuration"
        yield Check("certificates", "doubtful", "they are not checked", advice)
        return
    named = session.environ.get("SSL_CERT_FILE")
    if named and not Path(named).is_file():
        advice = "name a file of certificates, or take the variable away"
        yield Check("certificates", "doubtful", f"SSL_CERT_FILE names no file: {named}", advice)
    known = tls_context(network, session.environ).cert_store_stats()["x509_ca"]
    folders = certificate_variables(session.environ).get("SSL_CERT_DIR")
    if known or folders:
        told = f"{known} authorities are trusted" if known else f"those in {folders} are trusted"
        yield Check("certificates", "good", told)
    else:
        advice = "install the system's certificates, or name a file in `SSL_CERT_FILE`"
        yield Check("certificates", "broken", "no authority is trusted", advice)


def _network(session: SessionContext, workspace: OpenedWorkspace | None) -> Iterator[Check]:
    """Ask all channels and indexes, side by side."""
    deeds = [partial(_channel, session, url) for url in _channels(session, workspace)]
    deeds += [partial(_index, session, url) for url in _indexes(session, workspace)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda deed: deed(), deeds)


def _channels(session: SessionContext, workspace: OpenedWorkspace | None) -> Sequence[str]:
    if workspace is not None:
        urls = [channel.url for one in workspace.all_inputs for channel in one.channels]
    else:
        urls = [channel_url(name, Path("/")) for name in session.config.default_channels]
    return tuple(dict.fromkeys(url.rstrip("/") for url in urls))


def _indexes(session: SessionContext, workspace: OpenedWorkspace | None) -> Sequence[str]:
    if workspace is None:
        return (str(session.config.get("pypi-config.index-url") or DEFAULT_INDEX),)
    urls = [
        url
        for one in workspace.all_inputs
        if one.pypi_dependencies
        for url in (one.pypi_options.index_url or DEFAULT_INDEX, *one.pypi_options.extra_index_urls)
    ]
    return tuple(dict.fromkeys(url.rstrip("/") for url in urls))


def _channel(session: SessionContext, url: str) -> Check:
    return _asked(session, "channel", url, [f"{url}/noarch/{name}" for name in _REPODATA])


def _index(session: SessionContext, url: str) -> Check:
    return _asked(session, "index", url, [f"{url}/"])


def _asked(session: SessionContext, kind: str, url: str, pages: Sequence[str]) -> Check:
    """Ask for pages in turn until one is there."""
    subject = f"{kind} {shown(url)}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        there = parts.scheme != "file" or Path(parts.path).is_dir()
        return Check(
            subject, "good" if there else "broken", "it is there" if there else "no folder"
        )
    if session.http.offline:
        return Check(subject, "doubtful", "not asked in offline mode")
    status = 0
    for page in pages:
        address = next(iter(mirrored(page, session.settings.network.mirrors)), page)
        if urlsplit(address).scheme not in ("http", "https"):
            return _behind(subject, address)
        try:
            answer = _head(session, kind, address)
        except WispError as error:
            told = ": ".join([error.message, *map(str, error.causes)])
            advice = _UNKNOWN_AUTHORITY if "CERTIFICATE_VERIFY_FAILED" in told else _NO_ANSWER
            return Check(subject, "broken", f"{told}{_way(session, address)}", advice)
        status = answer.status
        if answer.ok:
            return Check(subject, "good", f"it answers{_way(session, address)}")
    return _refused(subject, _known_to(session, kind, url), status, f"{_way(session, url)}")


def _behind(subject: str, mirror: str) -> Check:
    """Tell of a mirror that is not asked: one in a bucket or registry, or none that can be."""
    told = f"its mirror `{shown(mirror)}`"
    if urlsplit(mirror).scheme == "file":
        return Check(subject, "broken", f"{told} is no address of the web", NO_WEB_MIRROR)
    return Check(subject, "doubtful", f"{told} is not asked")


def _head(session: SessionContext, kind: str, address: str) -> Response:
    """Ask as the engine would that fetches from there: rattler and uv send different things."""
    bounds = Bounds(seconds=_SECONDS)
    if kind != "channel" or without_userinfo(address)[1]:
        return session.http.request("HEAD", address, bounds=bounds, attempts=1)
    signed, authorization = session.credentials.sign_channel(address)
    headers = {"Authorization": authorization} if authorization else {}
    return session.http.request(
        "HEAD", signed, headers=headers, bounds=bounds, attempts=1, sign=False
    )


def _known_to(session: SessionContext, kind: str, url: str) -> str:
    """Say what to do about a refusal: perhaps something is stored, but of no use."""
    stored = session.credentials
    address = mirrored(url, session.settings.network.mirrors)[0]
    found = stored.of_channel(address) if kind == "channel" else stored.matching_index(address)
    if found is not None:
        return f"it refuses what {found.store} has for {found.key}; put a valid one there"
    return f"`pixi auth login {urlsplit(address).hostname or ''}` stores a credential"


_UNKNOWN_AUTHORITY = "put the certificate of its authority into a file, and name it: SSL_CERT_FILE"
_NO_ANSWER = "look at the address, the network, `https_proxy` and `no_proxy`"


def _refused(subject: str, advice: str, status: int, way: str) -> Check:
    told = f"it answers with status {status}{way}"
    if status in (401, 403, 407):
        return Check(subject, "broken", told, advice)
    if status == 404:
        return Check(subject, "broken", told, "look at the name: the server does not have it")
    return Check(subject, "broken", told, "try again later, or use a mirror")


def _way(session: SessionContext, url: str) -> str:
    """Tell the proxy that leads to a server, without its credentials."""
    proxy = choose_proxies(session.settings.network, session.environ).of(url_origin(url))
    return f" (through {shown(proxy)})" if proxy else ""


def _folders(workspace: OpenedWorkspace) -> Iterator[Check]:
    """Look whether an installation could write: to a folder of others, or what `sudo` has left."""
    if not _may_write(workspace.root):
        told = f"`{workspace.root}` cannot be written to"
        advice = way_to_write(workspace.root / "new")
        if needs_detached(workspace.places):
            advice += f"; {DETACH}"
        yield Check("folders", "doubtful", told, advice)
        return
    closed = next((one for one in _own_folders(workspace) if not _may_write(one)), None)
    if closed is None:
        yield Check("folders", "good", "environments can be written")
    else:
        advice = way_to_write(closed / "new")
        yield Check("folders", "broken", f"`{closed}` cannot be written to", advice)


def _own_folders(workspace: OpenedWorkspace) -> Iterator[Path]:
    """Yield where installing writes: `.pixi`, the environments, their records."""
    places = workspace.places
    if places.keeps_home:
        yield places.home
    yield places.environments
    for name in workspace.environment_names:
        yield places.prefix(name)
        yield places.prefix(name) / CONDA_META


def _may_write(folder: Path) -> bool:
    """Whether a folder can be written to, or is not there yet."""
    return not os.path.lexists(folder) or os.access(folder, os.W_OK | os.X_OK)


def _platform(workspace: OpenedWorkspace) -> Iterator[Check]:
    platform = workspace.best_platform(DEFAULT_ENVIRONMENT)
    yield Check("platform", "good", f"this machine is '{platform.name}'")


def _lock(workspace: OpenedWorkspace) -> Iterator[Check]:
    advice = "`pixi lock` brings it up to date"
    lock = known_lock(workspace)
    if lock is None:
        yield Check("lock file", "doubtful", "there is none that can be used", advice)
    elif lock.conflicted:
        yield Check("lock file", "broken", "it has the conflict markers of a merge", advice)
    elif reasons := reasons_against(workspace, lock):
        yield Check("lock file", "doubtful", f"it does not fit: {reasons[0]}", advice)
    else:
        yield Check("lock file", "good", "it fits the manifest")
