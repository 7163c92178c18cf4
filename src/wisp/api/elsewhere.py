"""What may help where a package was not found: near names, and the other kind of index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wisp.errors import FetchError, SolveError
from wisp.layout import DEFAULT_INDEX
from wisp.solve.explaining import absent_names, unregistered_names
from wisp.specs.pypi import normalize

if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.specs.inputs import EnvironmentInputs

_SECONDS = 5.0
_NEAR = 0.75


def hinted(error: SolveError, hints: Iterable[str]) -> SolveError:
    """Return a failure with further hints."""
    return SolveError(error.message, causes=error.causes, hints=(*error.hints, *hints))


def hints_for_conda(
    session: SessionContext, inputs: EnvironmentInputs, error: SolveError
) -> tuple[str, ...]:
    """Tell of names that no channel has which ones are near, and whether PyPI has them."""
    missing = absent_names(error)
    if not missing:
        return ()
    known = _channel_names(session, inputs)
    hints: list[str] = []
    for name in missing:
        if known and name not in known:
            hints += near(name, known)
            if _on_pypi(session, inputs, name):
                hints.append(f"PyPI has '{name}': `pixi add --pypi {name}`")
    return tuple(hints)


def hints_for_pypi(
    session: SessionContext, inputs: EnvironmentInputs, error: SolveError
) -> tuple[str, ...]:
    """Tell which of the names that no index has the channels have."""
    missing = unregistered_names(error)
    if not missing:
        return ()
    known = _channel_names(session, inputs)
    return tuple(f"the channels have '{one}': `pixi add {one}`" for one in missing if one in known)


def _channel_names(session: SessionContext, inputs: EnvironmentInputs) -> frozenset[str]:
    from wisp.engine.search import known_names

    urls = [channel.url for channel in inputs.channels]
    try:
        return known_names(urls, inputs.platform.subdir, session.channels)
    except FetchError:
        return frozenset()


def near(name: str, known: Iterable[str]) -> list[str]:
    """Word which of many names may have been meant by an unknown one, if any is near to it."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, n=3, cutoff=_NEAR)
    listed = " or ".join(f"'{one}'" for one in found)
    return [f"did you mean {listed}?"] if found else []


def _on_pypi(session: SessionContext, inputs: EnvironmentInputs, name: str) -> bool:
    from wisp.engine.http import Bounds

    index = inputs.pypi_options.index_url or session.uv.default_index or DEFAULT_INDEX
    if session.http.offline or not index.startswith(("http:", "https:")):
        return False
    url = f"{index.rstrip('/')}/{normalize(name)}/"
    bounds = Bounds(seconds=_SECONDS)
    try:
        return session.http.request("HEAD", url, bounds=bounds, attempts=1).ok
    except FetchError:
        return False
