"""Environments of conda packages that no lock describes: tools of the user, one-off commands.

They hold the newest packages that fit. Nobody asks for their PyPI names, so that nothing but
channels has to be reached; `wisp.api.spec_environments` has those that a lock stays with.
"""

from __future__ import annotations

from pathlib import Path

from wisp import layout
from wisp.api.named_channels import expect
from wisp.api.prefixes import install_at
from wisp.errors import SolveError, UsageError
from wisp.install.apply import InstallOptions
from wisp.install.state import read_fingerprint
from wisp.lock.model import LockedEnvironment
from wisp.manifest.cutoff_model import NO_CUTOFF, CutoffTable
from wisp.manifest.exemptions import configured_exemptions
from wisp.solve.conda import conda_request
from wisp.solve.plan import STALE, SolveUnit
from wisp.specs.cutoffs import parse_cutoff
from wisp.specs.inputs import EnvironmentInputs, ExcludeNewer
from wisp.specs.pypi import PypiOptions
from wisp.workspace.options import cutoffs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp.api.context import SessionContext
    from wisp.specs.conda import Channel

_COMPLETE = 16


def checked_cutoff(text: str | None) -> str | None:
    """Return a cut-off as it was typed. Raises `UsageError` for one that is none."""
    if text is not None:
        try:
            parse_cutoff(text)
        except ValueError as error:
            raise UsageError(f"--exclude-newer: {error}") from None
    return text


def configured_cutoff(session: SessionContext) -> CutoffTable:
    """Return the cut-off of the configuration, and what is exempted from it.

    Raises `ConfigError` for an exemption that is none.
    """
    config = session.config
    if config.exclude_newer is None or not config.exemptions:
        return CutoffTable(config.exclude_newer)
    return CutoffTable(config.exclude_newer, configured_exemptions(config.exemptions))


def moments_of(
    session: SessionContext, table: CutoffTable, channels: Iterable[Channel], root: Path
) -> ExcludeNewer:
    """Return the cut-off of all packages; a span is counted back from the session's present."""
    return cutoffs(table, NO_CUTOFF, channels, root, session.now)


def users_indexes(session: SessionContext) -> PypiOptions:
    """Return the indexes of the user: no manifest says others."""
    options = PypiOptions(
        index_url=session.config.get("pypi-config.index-url"),
        extra_index_urls=tuple(session.config.get("pypi-config.extra-index-urls", ())),
    )
    expect(session, options.addresses)
    return options


def install_newest(
    session: SessionContext,
    inputs: EnvironmentInputs,
    prefix: Path,
    *,
    manifest_path: Path,
    reinstall: frozenset[str] = frozenset(),
) -> bool:
    """Bring a prefix to the newest packages that fit; tell whether that changed it.

    `manifest_path` is whom it says it belongs to. Raises `SolveError` where nothing fits,
    `FetchError` for channels that cannot be read, and what installing raises.
    """
    locked = solved_newest(session, inputs)
    outcome = install_at(
        session,
        locked,
        prefix,
        InstallOptions(
            manifest_path=manifest_path,
            reinstall=reinstall,
            tells_its_path=False,
            release=session.level.release,
        ),
    )
    return outcome.changed


def solved_newest(session: SessionContext, inputs: EnvironmentInputs) -> LockedEnvironment:
    """Return the newest conda packages that fit. Raises `SolveError`, `FetchError`."""
    token = session.reporter.start("solving", inputs.environment)
    try:
        from wisp.engine.solver import solve

        records = solve(conda_request(SolveUnit(members=(inputs,), stale=STALE)), session.channels)
        if session.level.has("notices of channels are shown"):
            session.notices.ask(channel.url for channel in inputs.channels)
    except SolveError as error:
        from wisp.api.elsewhere import hinted, hints_of_channels

        raise hinted(error, hints_of_channels(session, inputs, error)) from error
    finally:
        session.reporter.finish(token)
    return LockedEnvironment(
        name=inputs.environment,
        platform=inputs.platform,
        virtual_packages=tuple(map(str, inputs.platform.virtual_packages())),
        channels=tuple(channel.url for channel in inputs.channels),
        indexes=(),
        records=records,
        root=inputs.root,
    )


def is_complete(prefix: Path) -> bool:
    """Tell whether an installation there came to its end."""
    found = read_fingerprint(prefix)
    return len(found) == _COMPLETE and found != layout.INSTALLING
