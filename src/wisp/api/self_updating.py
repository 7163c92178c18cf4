"""Replacing wisp by another version of itself, through the tool that installed it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from packaging.version import InvalidVersion, Version

from wisp.engine.index_files import newest_version
from wisp.engine.own_install import update_command
from wisp.engine.process import capture, run_to_end
from wisp.engine.tool_tls import tool_trust
from wisp.errors import FetchError, HostError, UsageError
from wisp.layout import DEFAULT_INDEX, DISTRIBUTION, VERSION
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.engine.own_install import UpdateCommand

#: What tells which version is there by now.
_ASKED = "from wisp.layout import VERSION; print(VERSION)"


@dataclass(frozen=True, slots=True)
class SelfUpdate:
    """What became of wisp, or would: from which version to which, by which command.

    `command` is empty where nothing is to be done.
    """

    before: str
    after: str
    command: str = ""


def self_update(
    session: SessionContext,
    version: str | None = None,
    *,
    nightly: bool = False,
    index: str | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> SelfUpdate:
    """Install the newest version of wisp, or the one named; the same again only by `force`.

    `nightly` is for the newest build of the main branch, which a package index has as a
    pre-release. `index` is a package index (PEP 503, 691) that has releases too.

    Raises:
        UsageError: The version is none, or one is named beside `nightly`.
        FetchError: Which version is newest cannot be known, or there is no such build.
        HostError: No tool can do it for us, or the tool failed.

    """
    if nightly and version is not None:
        raise UsageError(f"the newest build of the main branch is no version '{version}'")
    url = index or _usual_index(session)
    wanted = _checked(version) if version else _newest(session, url, nightly=nightly)
    if not force and (wanted == VERSION or (version is None and _is_older(wanted))):
        return SelfUpdate(VERSION, VERSION)
    uv = str(session.uv.executable)
    named = nightly or version is not None
    trust = tool_trust(session.settings.network, session.environ, [url])
    found = update_command(uv, session.environ, wanted, named=named, index=index, trust=trust)
    command = shlex.join(found.words)
    if dry_run:
        return SelfUpdate(VERSION, wanted, command)
    with session.reporter.during("updating", DISTRIBUTION):
        _replace(session, found)
    now = capture((sys.executable, "-I", "-c", _ASKED), environ=session.environ).stdout.strip()
    if not now or (now != wanted and not force):
        raise HostError(
            f"`{command}` went well, but the version is {now or 'unknown'} and not {wanted}",
            hints=("the tool may be held to a version, or ask another index",),
        )
    return SelfUpdate(VERSION, now, command)


def _replace(session: SessionContext, found: UpdateCommand) -> None:
    """Let the tool do it, in the folder of our own installation. Raises `HostError`.

    In the folder one stands in, a stranger's `uv.toml` or `pyproject.toml` would say where uv gets
    us from, and a `pip.py` would be run in place of pip. A tool that is broken off leaves a half.
    """
    done = run_to_end(
        found.words,
        environ={**session.environ, **found.variables},
        cwd=Path(sys.prefix),
        waiting=lambda: session.reporter.warn(
            f"`{found.tool}` may be replacing {DISTRIBUTION} just now, and is left to finish"
        ),
    )
    if done.code != 0:
        told = done.stdout.strip().splitlines()[-8:]
        raise HostError(f"`{shlex.join(found.words)}` ended with code {done.code}", causes=told)


def _usual_index(session: SessionContext) -> str:
    environ = session.environ
    known = environ.get("UV_DEFAULT_INDEX") or environ.get("PIP_INDEX_URL")
    return str(known or session.config.get("pypi-config.index-url") or DEFAULT_INDEX)


def _newest(session: SessionContext, url: str, *, nightly: bool) -> str:
    found = newest_version(session.http, url, DISTRIBUTION, prereleases=nightly)
    if found is None:
        raise FetchError(
            f"no release of {DISTRIBUTION} is known to `{url}`",
            hints=("name another index with `--from-url`, or a version with `--version`",),
        )
    if nightly and not Version(found).is_prerelease:
        raise FetchError(
            f"`{url}` has no build of the main branch that is newer than release {found}",
            hints=("name an index that has one with `--from-url`",),
        )
    return found


def _checked(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        raise UsageError(f"'{version}' is no version") from None


def _is_older(version: str) -> bool:
    return Version(version) < Version(VERSION)
