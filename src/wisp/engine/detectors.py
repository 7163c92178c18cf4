"""Which detectors channels name: programs that find out what a machine has.

A channel says in its repodata which package has a detector, and of which virtual packages it
tells. rattler reads that, with its rules of how many there may be and of what name. To read it
runs nothing (`wisp.engine.detecting` does).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

from wisp.engine import loop
from wisp.engine.gateway import ChannelAccess
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rattler.virtual_package.detectors import DetectorRegistration


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A detector that a channel names.

    `origin` is the base URL of the channel, without a slash at its end, `detector` the package,
    `names` are the virtual packages that it tells of, `channels` the base URLs of those it is
    solved with, `inner` is rattler's own.
    """

    origin: str
    detector: str
    names: tuple[str, ...]
    channels: tuple[str, ...] = ()
    inner: Any = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """Channel and package, which name it."""
        return self.origin, self.detector


@dataclass(frozen=True, slots=True)
class Registered:
    """The detectors of some channels, and what is wrong with those that do not count."""

    accepted: tuple[Registration, ...] = ()
    odd: tuple[str, ...] = ()


def registered(channels: Sequence[str], subdir: str, access: ChannelAccess) -> Registered:
    """Read which detectors channels name for a subdir. Raises `FetchError`."""
    access = access.of(channels)
    return loop.call(_registered(channels, subdir, access), look=access.lookout(channels).look)


async def _registered(channels: Sequence[str], subdir: str, access: ChannelAccess) -> Registered:
    from rattler.exceptions import GatewayError

    from wisp.engine.native_gateway import natives, platforms_of
    from wisp.engine.rattler_errors import unreachable
    from wisp.engine.wheel_listings import judged_channels

    platforms = platforms_of(subdir)
    try:
        known = await judged_channels(channels, platforms, access)
        with warnings.catch_warnings(record=True) as odd:
            warnings.simplefilter("always")
            accepted, rejected = await access.native_gateway.virtual_package_detectors(
                natives(known),
                [platform._inner for platform in platforms],
                None,
                None,
            )
    except GatewayError as error:
        offline = access.settings.network.offline
        raise unreachable(str(error), offline=offline, channels=channels) from error
    told = tuple(str(one.message) for one in odd)
    if not accepted:
        return Registered(odd=told)
    from rattler.virtual_package.detectors import DetectorRegistrations  # few channels name any

    found = DetectorRegistrations._from_py(accepted, rejected)
    return Registered(tuple(map(_registration, found.accepted)), told)


def _registration(inner: DetectorRegistration) -> Registration:
    return Registration(
        origin=inner.origin.rstrip("/"),
        detector=inner.detector.normalized,
        names=tuple(name.normalized for name in inner.virtual_packages),
        channels=tuple(one.base_url for one in inner.resolution_channels),
        inner=inner,
    )


def asked_of_machines(
    channels: Sequence[str], specs: Iterable[str], subdir: str, access: ChannelAccess
) -> frozenset[str]:
    """Name the virtual packages that anything asks for which could serve some specs.

    Raises `FetchError`, and `SolveError` for what is no spec.
    """
    access = access.of(channels)
    asking = _asked_of_machines(channels, tuple(specs), subdir, access)
    return loop.call(asking, look=access.lookout(channels).look)


async def _asked_of_machines(
    channels: Sequence[str], specs: Sequence[str], subdir: str, access: ChannelAccess
) -> frozenset[str]:
    from rattler.exceptions import GatewayError
    from rattler.platform.subdir import Subdir

    from wisp.engine.native_gateway import platforms_of
    from wisp.engine.rattler_errors import unreachable
    from wisp.engine.solver import parse_spec
    from wisp.engine.wheel_listings import judged_channels

    platforms = platforms_of(subdir)
    try:
        answer = await access.gateway.query(
            await judged_channels(channels, platforms, access),
            platforms,
            list(map(parse_spec, specs)),
            detector_target=Subdir(subdir),
        )
    except GatewayError as error:
        offline = access.settings.network.offline
        raise unreachable(str(error), offline=offline, channels=channels) from error
    return frozenset(name.normalized for name in answer.wanted_virtual_packages)
