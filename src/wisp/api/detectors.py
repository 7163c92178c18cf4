"""What the detectors of channels find on this machine, with the user's consent.

A detector is a program of a channel. It runs if the user has said so, of that channel: in the
configuration (in a workspace's own only after `wisp trust`, as all of it that runs something), or
at the terminal when something is to be solved or run that asks for what the detector tells. Who
only looks asks nobody. Where nothing is allowed, nothing runs, one warning for each channel says
how to allow it, and the virtual packages are not there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from wisp.errors import FetchError, WispError
from wisp.platforms import WELL_KNOWN, VirtualPackage
from wisp.specs.conda import match_spec_text
from wisp.specs.url_secrets import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, Protocol

    from wisp.config.model import Config
    from wisp.engine.detecting import Detection, DetectorFinding
    from wisp.engine.detectors import Registered, Registration
    from wisp.engine.gateway import ChannelAccess
    from wisp.report import Reporter
    from wisp.specs.inputs import EnvironmentInputs

    class DetectorSession(Protocol):
        """What detectors need of a session; each part is made when it is asked for."""

        @property
        def config(self) -> Config:
            """The configuration in force."""

        @property
        def environ(self) -> Mapping[str, str]:
            """What counts as the environment of the process."""

        @property
        def reporter(self) -> Reporter:
            """Who is told, and may be asked."""

        @property
        def subdir(self) -> str:
            """The subdir to act as."""

        @property
        def provided(self) -> tuple[VirtualPackage, ...]:
            """What this machine has without detectors."""

        @property
        def channels(self) -> ChannelAccess:
            """Repodata, packages and the solver."""


DIFFERENCE = "detectors of channels are run"
CONSENT = "virtual-package-detectors.consent"
#: Where an answer at the terminal is kept, by the letter typed.
_PLACES: dict[str | None, Literal["local", "shared"]] = {"w": "local", "u": "shared"}


class Detectors:
    """What is found in one session: each channel is asked about, and warned of, once.

    May be used from several threads.
    """

    def __init__(self, session: DetectorSession) -> None:
        self._session = session
        self._guard = threading.RLock()
        self._registered: dict[tuple[str, ...], Registered] = {}
        self._answers: dict[str, bool] = {}
        self._told: set[str] = set()

    def findings(self, channels: Sequence[str]) -> tuple[DetectorFinding, ...]:
        """Say what all detectors of some channels find. Nobody is asked for consent.

        Where no channel has it, the network is not asked either: then those are told of that
        repodata names which was fetched before.

        Raises `FetchError` for a channel that cannot be read, `HostError` for an override.
        """
        with self._guard:
            rows = self._named_for_a_look(channels)
            return self._detect(rows, None, may_ask=False, root=None).findings if rows else ()

    def _named_for_a_look(self, channels: Sequence[str]) -> tuple[Registration, ...]:
        from wisp.engine.detectors import registered

        session, words = self._session, self._session.config.get(CONSENT, {})
        if any(words.get(url.rstrip("/")) == "allow" for url in channels):
            return self._registered_by(channels).accepted
        try:
            return registered(channels, session.subdir, session.channels.at_hand()).accepted
        except FetchError:  # nothing was fetched yet
            return ()

    def provided(
        self, channels: Sequence[str], names: Iterable[str], *, may_ask: bool, root: Path | None
    ) -> tuple[VirtualPackage, ...]:
        """Return the virtual packages of this machine, and of `names` those that detectors find.

        With `may_ask` the user may be asked for consent, which can be kept in the workspace at
        `root`.
        A channel that cannot be read names no detector: whoever needs it will tell.

        Raises `HostError` for an override that cannot be read.
        """
        machine = self._session.provided
        wanted = frozenset(names)
        with self._guard:
            try:
                rows = self._registered_by(channels).accepted if wanted else ()
            except FetchError:
                return machine
            telling = [row for row in rows if wanted.intersection(row.names)]
            if not telling:
                return machine
            found = self._detect(telling, wanted, may_ask=may_ask, root=root)
        for one in found.findings:
            self._tell(one)
        others = (package for package in machine if package.name not in found.packages)
        return (*others, *filter(None, found.packages.values()))

    def asked_for(self, inputs: EnvironmentInputs) -> frozenset[str]:
        """Name what inputs ask of machines that a detector of their channels tells.

        Raises `FetchError` for a channel that cannot be read.
        """
        from wisp.engine.detectors import asked_of_machines

        session, urls = self._session, tuple(channel.url for channel in inputs.channels)
        with self._guard:
            rows = self._registered_by(urls).accepted
        told = frozenset(name for row in rows for name in row.names) - WELL_KNOWN
        if not told:
            return told
        wanted = [*inputs.dependencies, *inputs.constraints]
        specs = [match_spec_text(one, inputs.channels, inputs.root) for one in wanted]
        return told & asked_of_machines(urls, specs, inputs.platform.subdir, session.channels)

    def _registered_by(self, channels: Sequence[str]) -> Registered:
        from wisp.engine.detectors import registered

        urls = tuple(channels)
        if urls not in self._registered:
            session = self._session
            found = self._registered[urls] = registered(urls, session.subdir, session.channels)
            for text in found.odd:
                self._warn_once(text)
        return self._registered[urls]

    def _detect(
        self,
        rows: Sequence[Registration],
        names: Iterable[str] | None,
        *,
        may_ask: bool,
        root: Path | None,
    ) -> Detection:
        from wisp.engine import host
        from wisp.engine.detecting import DetectingMachine, detect

        session = self._session
        machine = DetectingMachine(
            subdir=host.detected_subdir(),
            acts_as=session.subdir,
            provided=session.provided,
            environ=session.environ,
            seconds=session.config.get("virtual-package-detectors.timeout-seconds"),
        )

        def allowed(row: Registration) -> bool:
            return self._allowed(row, may_ask=may_ask, root=root)

        return detect(rows, names, machine, session.channels, allowed, session.reporter)

    # Consent

    def _allowed(self, row: Registration, *, may_ask: bool, root: Path | None) -> bool:
        word = self._session.config.get(CONSENT, {}).get(row.origin)
        if word is not None:
            return bool(word == "allow")
        if may_ask and row.origin not in self._answers:
            self._ask(row, root)
        return self._answers.get(row.origin, False)

    def _ask(self, row: Registration, root: Path | None) -> None:
        reporter, channel = self._session.reporter, shown(row.origin)
        names = ", ".join(row.names)
        answer = reporter.ask(
            f"{channel} has programs that find out what this machine has: `{row.detector}` tells "
            f"{names}. Trust detectors from {channel}?",
            "ny",
        )
        if answer is None:
            return
        self._answers[row.origin] = answer == "y"
        own, letters = ("", "nu") if root is None else (" this [w]orkspace,", "nwu")
        kept = reporter.ask(f"Keep this answer: [n]owhere,{own} all tools of this [u]ser?", letters)
        if place := _PLACES.get(kept):
            self._keep(row.origin, "allow" if answer == "y" else "deny", place, root)

    def _keep(
        self, origin: str, word: str, level: Literal["local", "shared"], root: Path | None
    ) -> None:
        from wisp.api.configuring import ConfigScope, set_config

        scope = ConfigScope(environ=self._session.environ, level=level, root=root)
        try:
            set_config(scope, f"{CONSENT}.{origin}", word)
        except WispError as error:  # then it is asked again
            self._session.reporter.warn(error.message, error.hints)

    # What the user hears

    def _tell(self, one: DetectorFinding) -> None:
        channel = shown(one.origin)
        if one.state == "failed":
            self._warn_once(f"the detector `{one.detector}` of {channel} failed: {one.detail}")
        refused = one.origin in self._answers or self._session.config.get(CONSENT, {}).get(
            one.origin
        )
        if one.denied and not refused:
            self._warn_once(
                f"the detectors of {channel} were not run, so what they tell is not there: "
                f"nobody has said whether they may, in `{CONSENT}`",
                f"`pixi config set --shared {CONSENT}.{channel} allow` lets them, "
                f"`deny` in its place ends this warning",
            )

    def _warn_once(self, message: str, *hints: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._session.reporter.warn(message, hints)
