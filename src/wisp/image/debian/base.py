"""The generated base: packages resolved at a mirror, and the layer made of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources

from wisp.foreign import json_data
from wisp.image.cache import CachedLayer, LayerCache
from wisp.image.debian.archive import unpack
from wisp.image.debian.index import (
    ARCHITECTURES,
    SEEDS,
    SUITE,
    DebianError,
    DebianPackage,
    DebianPackages,
    closure,
    package_list,
)
from wisp.image.debian.openpgp import RsaKey, signed_text
from wisp.image.debian.rootfs import rootfs
from wisp.image.documents import canonical
from wisp.image.entries import share_equal_files
from wisp.image.layer import LayerBlob, compressor_name, digest_of, write_layer
from wisp.image.unpacking import unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.image.layer import Compression

#: Fetches a file of the mirror by its path there. Raises `FetchError`.
Fetch = Callable[[str], bytes]


#: Bytes of a list of packages, unpacked; 50 MB are usual.
_LONGEST_LIST = 512 << 20
_KEYS = "debian-archive-keys.json"
#: Changes with what is made of packages.
_FORMAT = 1


def resolve(
    fetch: Fetch, subdir: str, extra: Iterable[str], now: dt.datetime
) -> tuple[DebianPackage, ...]:
    """Choose the packages of a base at a mirror whose signature is verified.

    `extra` are further packages, by Debian's names.

    Raises:
        DebianError: The architecture, or a package, does not exist; a list is damaged.
        SignatureError: The release is not signed by a key that is shipped.
        FetchError: The mirror does not answer.

    """
    architecture = ARCHITECTURES.get(subdir)
    if architecture is None:
        raise DebianError(
            f"there is no generated base for '{subdir}'", hints=["give a base with `--base`"]
        )
    release = signed_text(fetch(f"dists/{SUITE}/InRelease").decode(), archive_keys())
    row = package_list(release, architecture, now)
    content = fetch(f"dists/{SUITE}/{row.by_hash}")
    _verify(row.path, content, row.sha256)
    available = DebianPackages(unpacked(io.BytesIO(content), _LONGEST_LIST).read().decode())
    return closure((*SEEDS, *extra), available)


def archive_keys() -> Mapping[str, RsaKey]:
    """Return the keys that are shipped, by fingerprint."""
    text = resources.files("wisp.data").joinpath(_KEYS).read_text(encoding="utf-8")
    return {
        fingerprint: RsaKey(int(key["modulus"], 16), key["exponent"])
        for fingerprint, key in json_data(text).items()
    }


def base_layer(
    packages: Sequence[DebianPackage],
    fetch: Fetch,
    cache: LayerCache,
    *,
    time: int,
    compression: Compression,
    workers: int = 1,
) -> tuple[LayerBlob, bool]:
    """Return the layer of a base, and whether it was made before.

    Raises:
        DebianError: A package is not what the lock says, or is damaged.
        FetchError: The mirror does not have a package (any more).

    """
    key = _key(packages, time, compression)
    known = cache.find(key)
    if known is not None:
        return known.blob, True
    with ThreadPoolExecutor(max(workers, 4)) as pool:
        contents = list(pool.map(lambda one: _fetched(one, fetch), packages))
    entries = share_equal_files(rootfs(unpack(content) for content in contents), digest_of)
    with cache.store.draft() as draft:
        blob = write_layer(entries, draft, time=time, compression=compression)
        cache.store.keep(draft, blob.descriptor)
    cache.remember(key, CachedLayer(blob=blob, paths=()))
    return blob, False


def _key(packages: Sequence[DebianPackage], time: int, compression: Compression) -> str:
    table = {
        "format": _FORMAT,
        "compressor": compressor_name(compression),
        "packages": [one.sha256 for one in packages],
        "time": time,
    }
    return hashlib.sha256(canonical(table)).hexdigest()


def _fetched(package: DebianPackage, fetch: Fetch) -> bytes:
    content = fetch(package.file)
    _verify(package.file, content, package.sha256)
    return content


def _verify(what: str, content: bytes, sha256: str) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DebianError(
            f"`{what}` is not what the signed list says",
            hints=["the mirror may be in the middle of an update: try again, or use another"],
        )
