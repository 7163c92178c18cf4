"""What may help where a package was not found: near names, and the other kind of index."""

from __future__ import annotations

from collections.abc import Iterable

from wisp.errors import FetchError, SolveError
from wisp.layout import DEFAULT_INDEX
from wisp.solve.explaining import absent_names, unregistered_names, version_hints
from wisp.specs.pypi import normalize
from wisp.specs.similarity import closest
from wisp.specs.url_secrets import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.manifest.model import Environment
    from wisp.specs.inputs import EnvironmentInputs

_SECONDS = 5.0
_NEAR = 0.75
#: PyPI is asked for so many names whether it has them.
_MOST_ASKED = 3
#: So many letters of a name are looked for where no name is near.
_BEGINNING = 3
#: How uv says that an index did not tell what it has.
_REFUSED = ("401 Unauthorized", "403 Forbidden")


def hinted(error: SolveError, hints: Iterable[str]) -> SolveError:
    """Return a failure of the same kind with further hints."""
    return type(error)(error.message, causes=error.causes, hints=(*error.hints, *hints))


def hints_for_conda(
    session: SessionContext, inputs: EnvironmentInputs, error: SolveError
) -> tuple[str, ...]:
    """Tell of names that no channel has which ones are near, and whether PyPI has them.

    Or that this machine's platform has them, where another one was solved for.
    """
    missing = absent_names(error)
    if not missing:
        return ()
    known = _channel_names(session, inputs)
    strangers = [name for name in missing if known and name not in known]
    here = _names_here(session, inputs) if strangers else frozenset()
    hints = [
        f"the channels have '{name}' for {session.subdir}: ask for it there alone, by "
        f"`pixi remove {name}` and `pixi add --platform {session.subdir} {name}`"
        for name in strangers
        if name in here
    ]
    strangers = [name for name in strangers if name not in here]
    hints += [hint for name in strangers for hint in near(name, known) or _alike(name, known)]
    if found := [name for name in strangers if _on_pypi(session, inputs, name)]:
        names = " ".join(found)
        hints.append(
            f"PyPI has {_listed(found)}: `pixi add --pypi {names}`, after `pixi remove {names}` "
            "where the manifest asks for it already"
        )
    hints += version_hints(error)
    return tuple(hints + [_versions(name) for name in missing if name in known])


def hints_for_pypi(
    session: SessionContext, inputs: EnvironmentInputs, error: SolveError
) -> tuple[str, ...]:
    """Tell which of the names that no index has the channels have."""
    missing = unregistered_names(error)
    if not missing or any(status in hint for hint in error.hints for status in _REFUSED):
        return ()
    known = _channel_names(session, inputs)
    found = [one for one in missing if one in known]
    if not found:
        return tuple(
            hint for name in missing for hint in _near_on_pypi(session, inputs, name, known)
        )
    names = " ".join(found)
    return (
        f"the channels have {_listed(found)}: `pixi add {names}`, after "
        f"`pixi remove --pypi {names}` where the manifest asks for it already",
    )


def hints_of_channels(
    session: SessionContext, inputs: EnvironmentInputs, error: SolveError
) -> tuple[str, ...]:
    """Tell of names that no channel has which are near, where it was looked, and who has them."""
    missing = absent_names(error)
    known = _channel_names(session, inputs) if missing else frozenset()
    strangers = [name for name in missing if known and name not in known]
    asked = ", ".join(f"`{shown(channel.url)}`" for channel in inputs.channels)
    hints = [
        hint
        for name in strangers
        for hint in near(name, known) or [f"`{name}` was looked for in {asked}"]
    ]
    found = [name for name in strangers if _on_pypi(session, inputs, name)]
    return (*hints, *(f"PyPI has '{name}': ask for it by `--pypi {name}`" for name in found))


def hint_for_python(environment: Environment) -> str:
    """Word how an environment gets the Python that its PyPI packages need."""
    return f"add python to the conda dependencies: `pixi add python{option_of(environment)}`"


def option_of(environment: Environment) -> str:
    """Return the option of `add` with which an environment gets a package, with a blank before."""
    if not environment.no_default_feature:
        return ""
    if environment.features:
        return f" --feature {environment.features[0]}"
    return f" --environment {environment.name}"


def packages_at_hand(session: SessionContext, inputs: EnvironmentInputs) -> frozenset[str]:
    """Return the names that an environment's channels have, as far as they were read before."""
    from wisp.engine.search import known_names

    urls = [channel.url for channel in inputs.channels]
    try:
        return known_names(urls, inputs.platform.subdir, session.channels.at_hand())
    except FetchError:
        return frozenset()


def _names_here(session: SessionContext, inputs: EnvironmentInputs) -> frozenset[str]:
    """Return the names that this machine's platform has, where another one is meant."""
    from wisp.engine.search import known_names

    if inputs.platform.subdir == session.subdir:
        return frozenset()
    urls = [channel.url for channel in inputs.channels]
    try:
        return known_names(urls, session.subdir, session.channels.at_hand())
    except FetchError:
        return frozenset()


def _near_on_pypi(
    session: SessionContext, inputs: EnvironmentInputs, name: str, known: Iterable[str]
) -> list[str]:
    """Word names that PyPI has: it lists none, but what the channels have is mostly there too."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=_MOST_ASKED, cutoff=_NEAR)
    found = [f"'{one}'" for one in near if _on_pypi(session, inputs, one)]
    return [f"did you mean {' or '.join(found)}?"] if found else []


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)


def _versions(name: str) -> str:
    return f"`pixi search {name}` shows which versions and builds the channels have"


def _alike(name: str, known: Iterable[str]) -> list[str]:
    """Tell how to list the names that begin as an unknown one does, if there are any."""
    beginning = name[:_BEGINNING]
    if not any(one.startswith(beginning) for one in known):
        return []
    return [f"`pixi search '{beginning}*'` lists names that begin as '{name}' does"]


def _channel_names(session: SessionContext, inputs: EnvironmentInputs) -> frozenset[str]:
    from wisp.engine.search import known_names

    urls = [channel.url for channel in inputs.channels]
    try:
        return known_names(urls, inputs.platform.subdir, session.channels)
    except FetchError:
        return frozenset()


def near(name: str, known: Iterable[str]) -> list[str]:
    """Word which of many names may have been meant by an unknown one, if any is near to it."""
    found = closest(name, known, 3, _NEAR)
    listed = " or ".join(f"'{one}'" for one in found)
    return [f"did you mean {listed}?"] if found else []


def _on_pypi(session: SessionContext, inputs: EnvironmentInputs, name: str) -> bool:
    from wisp.engine.http_exchange import Bounds

    index = inputs.pypi_options.index_url or session.uv.default_index or DEFAULT_INDEX
    if session.http.offline or not index.startswith(("http:", "https:")):
        return False
    url = f"{index.rstrip('/')}/{normalize(name)}/"
    bounds = Bounds(seconds=_SECONDS)
    try:
        return session.http.request("HEAD", url, bounds=bounds, attempts=1).ok
    except FetchError:
        return False
