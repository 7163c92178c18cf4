"""PyPI names of conda packages, looked up: a web service, the user's maps, the shipped map.

The service knows single archives by digest (never changing, so kept for good) and the whole
channel conda-forge by name. Where it cannot be reached the shipped map answers.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from wisp.engine.files import write_atomically
from wisp.engine.http import HttpClient
from wisp.errors import ConfigError, FetchError, Place, WispError
from wisp.foreign import json_data, json_object
from wisp.report import SILENT, Reporter
from wisp.trust import LARGEST_LOCK, found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SERVICE = "https://conda-mapping.prefix.dev"
_BY_HASH = f"{_SERVICE}/hash-v0"
_COMPRESSED = f"{_SERVICE}/compressed-v0/compressed_mapping.json"
_SHIPPED = Path(__file__).parent.parent / "data" / "conda_forge_names.json.gz"

#: How long an answer is taken without asking again.
_FRESH_SECONDS = 3600
#: How long an archive that the service did not know is believed to be unknown.
_UNKNOWN_SECONDS = 24 * 3600
#: After the service could not be reached nobody waits for it again for this long.
_GIVEN_UP_SECONDS = 600
_CONNECTIONS = 16
_GIVEN_UP = "given-up.json"

Names = dict[str, tuple[str, ...]]


class NameService:
    """Answers which PyPI names conda packages have. May be used from several threads."""

    def __init__(
        self,
        http: HttpClient,
        cache: Path,
        *,
        now: Callable[[], float] = time.time,
        reporter: Reporter = SILENT,
    ) -> None:
        self._http = http
        self._cache = cache
        self._now = now
        self._reporter = reporter
        self._guard = threading.Lock()
        self._names: Names | None = None
        self._digests: tuple[Names, dict[str, float]] | None = None
        self._unreachable = http.offline or self._was_given_up()

    def by_hash(self, digests: Iterable[str]) -> Names:
        """Return the names of those archives (sha256) that the service knows.

        Archives not met before are asked for; without the service only remembered ones answer.
        """
        with self._guard:
            known, unknown = self._remembered()
            wanted = set(digests)
            missing = sorted(wanted - known.keys() - unknown.keys())
            if missing and not self._unreachable:
                self._ask(missing, known, unknown)
                self._remember(known, unknown)
        return {digest: known[digest] for digest in wanted & known.keys()}

    def conda_forge(self) -> Names:
        """Return the map of the channel conda-forge: the service's, else the shipped one."""
        with self._guard:
            if self._names is None:
                self._names = self._compressed() or shipped_names()
            return self._names

    def read_map(self, location: str, root: Path) -> Names:
        """Read a map that a manifest names: a URL, or a file relative to `root`.

        Raises `ConfigError` when it cannot be read or is no map, `FetchError` when it cannot be
        fetched.
        """
        if "://" in location and not location.startswith("file:"):
            response = self._http.get(location)
            if response.status != 200:
                raise FetchError(
                    f"could not fetch `{location}`", causes=[f"status {response.status}"]
                )
            return _parsed(response.body, location)
        file = root / location.removeprefix("file://")
        try:
            return _parsed(found_bytes(file, LARGEST_LOCK), str(file))
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError(f"could not read the map `{file}`", causes=[reason]) from error

    def _ask(self, digests: list[str], known: Names, unknown: dict[str, float]) -> None:
        def one(digest: str) -> tuple[str, ...] | None:
            if self._unreachable:
                raise FetchError("the service cannot be reached")
            response = self._http.get(f"{_BY_HASH}/{digest}")
            if response.status != 200:
                return None
            return _names_of(json_object(response.body).get("pypi_normalized_names"))

        with ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="wisp-names") as pool:
            for digest, future in [(digest, pool.submit(one, digest)) for digest in digests]:
                try:
                    names = future.result()
                except (FetchError, ValueError) as error:
                    self._give_up(error)
                    continue
                if names is None:
                    unknown[digest] = self._now()
                else:
                    known[digest] = names

    def _give_up(self, error: Exception) -> None:
        if self._unreachable:
            return
        self._unreachable = True
        self._reporter.warn(
            "the mapping from conda to PyPI names cannot be reached, the shipped one is used",
            (str(error), f"it is asked for again in {_GIVEN_UP_SECONDS // 60} minutes"),
        )
        with suppress(WispError):
            write_atomically(self._cache / _GIVEN_UP, json.dumps({"at": self._now()}))

    def _was_given_up(self) -> bool:
        """Whether it could not be reached lately, by this or another command."""
        at = _stored(self._cache / _GIVEN_UP).get("at")
        return isinstance(at, int | float) and 0 <= self._now() - at < _GIVEN_UP_SECONDS

    def _remembered(self) -> tuple[Names, dict[str, float]]:
        """Return the names by digest, and the digests without names with the time of asking."""
        if self._digests is None:
            self._digests = self._loaded()
        return self._digests

    def _loaded(self) -> tuple[Names, dict[str, float]]:
        stored = _stored(self._cache / "hash-v0.json")
        oldest = self._now() - _UNKNOWN_SECONDS
        try:
            known = _as_names(stored.get("known", {}))
            times = stored.get("unknown", {}).items()
            return known, {digest: at for digest, at in times if at > oldest}
        except (ValueError, TypeError, AttributeError):  # a damaged memory counts for nothing
            return {}, {}

    def _remember(self, known: Names, unknown: Mapping[str, float]) -> None:
        text = json.dumps({"known": known, "unknown": unknown}, separators=(",", ":"))
        write_atomically(self._cache / "hash-v0.json", text)

    def _compressed(self) -> Names | None:
        file = self._cache / "compressed_mapping.json"
        stored = _stored(file)
        known, fresh_until = _map_of(stored)
        if known is not None and (self._unreachable or fresh_until > self._now()):
            return known
        if self._unreachable:
            return None
        try:
            tag = stored.get("etag") if known is not None else None
            response = self._http.get(_COMPRESSED, {"If-None-Match": str(tag)} if tag else None)
            if response.status == 200:
                table = json_data(response.body)
                known = _as_names(table)
                stored = {"names": table, "etag": response.headers.get("etag")}
            elif response.status != 304 or known is None:
                raise FetchError(f"{_COMPRESSED} answered with status {response.status}")
        except (FetchError, ValueError) as error:
            self._give_up(error)
            return known
        write_atomically(file, json.dumps({**stored, "at": self._now()}, separators=(",", ":")))
        return known


def shipped_names() -> Names:
    """Return the map of conda-forge that is shipped with wisp."""
    table = json_data(gzip.decompress(_SHIPPED.read_bytes()))
    names: Names = dict.fromkeys(table["none"], ())
    names |= {name: (name,) for name in table["same"]}
    names |= {name: tuple(found) for name, found in table["other"].items()}
    return names


def _parsed(content: bytes, location: str) -> Names:
    try:
        table = json_data(content)
    except json.JSONDecodeError as error:
        place = Place(location, error.lineno, error.colno, text=error.doc)
        raise ConfigError(f"`{location}` is no JSON", causes=[error.msg], place=place) from error
    except ValueError as error:
        raise ConfigError(f"`{location}` is no JSON", causes=[str(error)]) from error
    try:
        return _as_names(table)
    except ValueError as error:
        problem = f"`{location}` is no map of conda names to PyPI names"
        raise ConfigError(problem, causes=[str(error)]) from error


def _as_names(table: Any) -> Names:
    """Read a map. Raises `ValueError` for what is none."""
    if not isinstance(table, dict):
        raise ValueError("it is no JSON object")
    return {name: _names_of(found) for name, found in table.items()}


def _names_of(found: Any) -> tuple[str, ...]:
    """Read the names of one package: a text, a list of texts or nothing. Raises `ValueError`."""
    names = [found] if isinstance(found, str) else found or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("a name is neither a text nor a list of texts")
    return tuple(names)


def _map_of(stored: Mapping[str, Any]) -> tuple[Names | None, float]:
    """Read what is kept of a map, and until when it is fresh; None for a damaged one."""
    try:
        at = stored["at"]
        return _as_names(stored["names"]), at + _FRESH_SECONDS
    except (KeyError, ValueError, TypeError):
        return None, 0.0


def _stored(file: Path) -> dict[str, Any]:
    try:
        found = json_data(found_bytes(file, LARGEST_LOCK))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
