"""Running detectors of channels, which find out what a machine has.

rattler solves a detector with the virtual packages of the machine alone, runs it activated, without
arguments and input, within bounds of time and output, reads its report and remembers it as long as
that allows. Whether one may run is asked here, and its environment is made here before
(`wisp.engine.detector_environments`). So rattler is called twice: with a consent that only listens
who would have to run, from which packages, and then to let those run that are allowed. It solves
before it asks for consent, so what channels list is judged before, as for any other solve.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from wisp.engine import loop
from wisp.engine.borrowed import borrowed
from wisp.engine.detector_environments import home_of, make_ready
from wisp.engine.detectors import Registration
from wisp.engine.gateway import ChannelAccess
from wisp.errors import FetchError, HostError, WispError
from wisp.patterns import pattern
from wisp.platforms import VirtualPackage
from wisp.report import SILENT, Reporter
from wisp.specs.url_secrets import names_secret, shown
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from rattler.repo_data.gateway import Gateway
    from rattler.repo_data.record import RepoDataRecord
    from rattler.virtual_package.detectors import (
        ConsentRequest,
        DetectionOutcome,
        DetectorFailure,
        DetectorResult,
        SkippedRegistration,
    )

    #: What came of a detector.
    State = Literal["ran", "cached", "failed", "skipped"]

_OVERRIDE = "CONDA_OVERRIDE_"
#: The session that variables of desktops tell of is no secret.
_DESKTOP = pattern(r"^(?:XDG|DBUS|DESKTOP)_SESSION|^SESSION_MANAGER$")
_DENIED = "consent-denied"
_REASONS = {
    _DENIED: "not allowed to run",
    "no-wanted-name": "nothing asks for what it tells",
    "target-is-not-host": "it would tell of another machine",
}

#: Channel and package of a detector.
Key = tuple[str, str]
#: The packages that detectors would run from, rattler's, and the digest of them.
Would = dict[Key, tuple[str, "list[RepoDataRecord]"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFinding:
    """What came of a detector; `packages` are by name what it found, None for what is not there.

    `detail` says why it failed or was skipped; `denied` that nobody has allowed it.
    """

    origin: str
    detector: str
    state: State
    packages: Mapping[str, VirtualPackage | None] = field(default_factory=dict)
    detail: str = ""
    denied: bool = False

    @property
    def spelled(self) -> tuple[str, ...]:
        """What it found, as locks spell it, with `absent` for what is not there."""
        rows = self.packages.items()
        return tuple(f"{name} absent" if found is None else str(found) for name, found in rows)


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found of a machine, variables that override it included, and by whom."""

    packages: Mapping[str, VirtualPackage | None]
    findings: tuple[DetectorFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectingMachine:
    """Where detectors run: the subdir that it is and that to act as, and what it has anyway."""

    subdir: str
    acts_as: str
    provided: tuple[VirtualPackage, ...]
    environ: Mapping[str, str]
    seconds: int | None = None


def detect(
    registrations: Sequence[Registration],
    names: Iterable[str] | None,
    machine: DetectingMachine,
    access: ChannelAccess,
    allowed: Callable[[Registration], bool],
    reporter: Reporter = SILENT,
) -> Detection:
    """Find out what detectors tell of some virtual packages; None means of all.

    `allowed` is asked of each that would run. One that fails costs its own answer only.

    Raises:
        HostError: A variable that overrides an answer cannot be read.

    """
    wanted = None if names is None else frozenset(names)
    access = access.of(row.origin for row in registrations)
    failures: dict[Key, str] = {}
    if machine.acts_as == machine.subdir:  # else none is solved
        asked = [row for row in registrations if wanted is None or wanted & {*row.names}]
        failures = _refused(asked, machine.subdir, access)
    bearable = [row for row in registrations if row.key not in failures]
    question = _Question(bearable, wanted, machine, access)
    would_run: Would = {}
    answer = question.ask(partial(_note, would_run))
    chosen = {row.key for row in registrations if row.key in would_run and allowed(row)}
    if chosen:
        ready = question.made_ready({key: would_run[key] for key in chosen}, failures, reporter)
        answer = question.ask(lambda one: one.digest in ready, may_run=True)
    failures |= {_key(one): _failure(one.message, one.stderr) for one in answer.failures}
    return Detection(_found(answer.results), tuple(_findings(registrations, answer, failures)))


def _refused(
    registrations: Sequence[Registration], subdir: str, access: ChannelAccess
) -> dict[Key, str]:
    """Say of which detectors rattler cannot be asked, and why: their channels would end it."""
    together: dict[tuple[str, ...], list[Registration]] = {}
    for row in registrations:
        together.setdefault(row.channels, []).append(row)
    refused: dict[Key, str] = {}
    for channels, rows in together.items():
        try:
            loop.call(_judge(channels, rows, subdir, access), look=access.lookout(channels).look)
        except FetchError as error:
            if len(rows) == 1:
                refused[rows[0].key] = _told(error)
                continue
            for row in rows:  # some may be bearable
                refused |= _refused([row], subdir, access)
    return refused


async def _judge(
    channels: Sequence[str], rows: Sequence[Registration], subdir: str, access: ChannelAccess
) -> None:
    """Look at all that the solves of detectors look at. Raises `FetchError`."""
    from rattler.exceptions import GatewayError
    from rattler.rattler import PyMatchSpec

    from wisp.engine.heavy_records import refuse_heavy
    from wisp.engine.native_gateway import platforms_of
    from wisp.engine.wheel_listings import judged_channels

    platforms = platforms_of(subdir)
    try:
        known = await judged_channels(channels, platforms, access)
        sources = dict(zip(channels, known, strict=True))
        specs = [PyMatchSpec(row.detector, True, True) for row in rows]
        await refuse_heavy(specs, sources, platforms, access)
    except GatewayError:  # which rattler tells of
        return


class _Question:
    """What rattler is asked, with one consent after another."""

    def __init__(
        self,
        registrations: Sequence[Registration],
        names: Iterable[str] | None,
        machine: DetectingMachine,
        access: ChannelAccess,
    ) -> None:
        self._registrations = registrations
        self._names = names
        self._machine = machine
        self._access = access

    def ask(
        self, consent: Callable[[ConsentRequest], bool], *, may_run: bool = False
    ) -> DetectionOutcome:
        """Let those run that may. Raises `HostError` for a variable that cannot be read."""
        from rattler.exceptions import VirtualPackageOverrideError

        from wisp.engine.rattler_errors import chain_of

        environ = self._machine.environ
        # A variable may be gone from the process just now, as another thread has borrowed it.
        seen = [(name, os.environ.get(name, "")) for name in os.environ] + [*environ.items()]
        names = {name for name, _ in seen if name.startswith(_OVERRIDE)}
        # Who looks at the machine signs in nowhere; rattler has read the lists by now.
        secret = {name for name, value in seen if may_run and _is_secret(name, value)}
        environ = {name: value for name, value in environ.items() if name not in secret}
        gateway = self._access.gateway  # to make one borrows variables, too
        try:
            with borrowed(names | secret, environ):
                return loop.call(self._detect(gateway, consent))
        except VirtualPackageOverrideError as error:
            message, causes = chain_of(str(error))
            raise HostError(message, causes=causes) from error

    async def _detect(
        self, gateway: Gateway, consent: Callable[[ConsentRequest], bool]
    ) -> DetectionOutcome:
        from rattler.package.package_name import PackageName
        from rattler.platform.subdir import Subdir
        from rattler.virtual_package.detectors import detect_virtual_packages
        from rattler.virtual_package.generic import GenericVirtualPackage

        from wisp.engine.solver import virtual_package

        machine = self._machine
        return await detect_virtual_packages(
            [one.inner for one in self._registrations],
            gateway,
            Subdir(machine.subdir),
            Subdir(machine.acts_as),
            [
                GenericVirtualPackage._from_py_generic_virtual_package(virtual_package(str(one)))
                for one in machine.provided
            ],
            consent,
            cache_dir=home_of(self._access).parent,
            client=self._access.client,
            timeout_seconds=machine.seconds,
            wanted=None if self._names is None else list(map(PackageName, self._names)),
        )

    def made_ready(
        self, chosen: Would, failures: dict[Key, str], reporter: Reporter
    ) -> frozenset[str]:
        """Make the environments of some detectors; return their digests, and note what failed."""
        from wisp.engine.records import from_rattler

        ready: set[str] = set()
        for key, (digest, rows) in chosen.items():
            try:
                records = tuple(map(from_rattler, rows))
                make_ready(digest, records, self._machine.subdir, self._access, reporter)
                ready.add(digest)
            except WispError as error:
                failures[key] = _told(error)
        return frozenset(ready)


def _note(would_run: Would, one: ConsentRequest) -> bool:
    """Note which packages a detector would run from, and let it not run."""
    key = ((one.channel.base_url or "").rstrip("/"), one.detector.normalized)
    would_run[key] = (one.digest, one.records)
    return False


def _key(one: SkippedRegistration | DetectorFailure | DetectorResult) -> Key:
    detector = one.detector
    return (one.origin or "").rstrip("/"), "" if detector is None else detector.normalized


def _is_secret(variable: str, value: str) -> bool:
    """Tell whether a variable is a secret, or an address with one."""
    return names_secret(_DESKTOP.sub("", variable)) or ("://" in value and shown(value) != value)


def _told(error: WispError) -> str:
    return _failure(": ".join([error.message, *map(str, error.causes)]), None)


def _failure(message: str, stderr: str | None) -> str:
    """Tell in one line why a detector failed, and the last that it said itself."""
    said = (stderr or "").strip().splitlines()[-1:]
    return ": ".join([*message.splitlines()[-1:], *said])


def _found(results: Iterable[DetectorResult]) -> dict[str, VirtualPackage | None]:
    return {one.name.normalized: _package(one) for one in results}


def _package(result: DetectorResult) -> VirtualPackage | None:
    found = result.virtual_package
    if found is None:
        return None
    return VirtualPackage(found.name.normalized, str(found.version), str(found.build_string))


def _findings(
    registrations: Sequence[Registration], answer: DetectionOutcome, failures: Mapping[Key, str]
) -> Iterator[DetectorFinding]:
    skipped = {_key(one): one.reason for one in answer.skipped}
    for row in registrations:
        results = [one for one in answer.results if _key(one) == row.key]
        reason = skipped.get(row.key, "")
        state: State = "cached" if any(one.from_cache for one in results) else "ran"
        if row.key in failures:
            state, reason = "failed", ""
        elif row.key in skipped:
            state = "skipped"
        yield DetectorFinding(
            origin=row.origin,
            detector=row.detector,
            state=state,
            packages=_found(results),
            detail=failures.get(row.key) or _REASONS.get(reason, reason),
            denied=reason == _DENIED,
        )
