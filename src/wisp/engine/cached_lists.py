"""In which file rattler's gateway has found what a channel lists, known by how it names its cache.

Sources: the gateway's `repodata_cache` and `sharded` modules; CEP 16 (sharded repodata).
"""

from __future__ import annotations

from pathlib import Path

from wisp.engine.records import location_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.gateway import ChannelAccess
    from wisp.specs.settings import RepodataFormats

#: How the gateway's cache of an index begins: magic, and the length of HTTP's part.
_MAGIC, _LENGTH = 14, 4


def cached_as(url: str) -> str:
    """Name what is cached of a URL as conda does, and after it rattler."""
    import hashlib  # loads OpenSSL, which small channels in folders do without

    return hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()[:8]


def list_of(base_url: str, subdir: str, access: ChannelAccess) -> Path | None:
    """Return the file in which the gateway has found a subdir, or None: none, or shards."""
    url = f"{base_url.rstrip('/')}/{subdir}"
    if url.startswith("file:"):
        file = Path(location_of(url), "repodata.json")
    else:
        cache = access.repodata
        if _formats(base_url, access).sharded and _has_shards(url, cache):
            return None
        file = cache / f"{cached_as(url)}.json"
    return file if file.is_file() else None


def index_of(url: str, cache: Path) -> Path:
    """Return the file in which the index of a subdir's shards is, if it has one."""
    return cache / f"{cached_as(f'{url}/repodata_shards.msgpack.zst/')}.shards-cache-v1"


def _has_shards(url: str, cache: Path) -> bool:
    """Tell whether a subdir has an index of shards: where there is none rattler notes just that."""
    try:
        with index_of(url, cache).open("rb") as file:
            header = file.read(_MAGIC + _LENGTH)
            said = int.from_bytes(header[_MAGIC:], "little")
            file.seek(0, 2)
            return file.tell() > len(header) + said
    except OSError:
        return False


def _formats(base_url: str, access: ChannelAccess) -> RepodataFormats:
    network = access.settings.network
    prefixes = [one for one in network.repodata_by_prefix if base_url.startswith(one)]
    longest = max(prefixes, key=len, default=None)
    return network.repodata if longest is None else network.repodata_by_prefix[longest]
