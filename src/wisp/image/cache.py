"""Layers made before, found again by what they were made of.

The key is a digest of everything that decides about the bytes of a layer: the packages in it, the
place of the prefix, the Python that modules are for, the rules of slimming, times, compression. A
code change therefore makes one layer anew and a changed package only its own.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from wisp.engine.files import write_atomically
from wisp.engine.scratch import sweep
from wisp.errors import WispError
from wisp.foreign import json_data
from wisp.image.documents import canonical
from wisp.image.layer import LayerBlob, compressor_name
from wisp.image.layout import BlobStore
from wisp.image.plan import PackageLayer
from wisp.specs.oci import Descriptor, Digest
from wisp.trust import found_bytes
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.image.layer import Compression

#: Changes with the way in which layers are made.
_FORMAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What, besides its packages, decides about a layer.

    `place` is the path of the prefix in the image; `python` the version for which modules are,
    empty without one; `time` in seconds.
    """

    place: str
    subdir: str
    python: str
    slim: tuple[str, ...]
    time: int
    compression: Compression


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedLayer:
    """A layer made before, and the files it has, relative to the prefix.

    `texts` are the contents of those that tell what variables the packages set.
    """

    blob: LayerBlob
    paths: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def layer_key(layer: PackageLayer, recipe: Recipe) -> str:
    """Return the name under which a layer is kept, 64 hex digits."""
    table = {
        "format": _FORMAT,
        "compressor": compressor_name(recipe.compression),
        "kind": layer.kind,
        "packages": [[one.name, one.version, one.identity] for one in layer.packages],
        "place": recipe.place,
        "subdir": recipe.subdir,
        "python": recipe.python,
        "slim": list(recipe.slim),
        "time": recipe.time,
    }
    return hashlib.sha256(canonical(table)).hexdigest()


class LayerCache:
    """A store of blobs, and beside it what is known of those that are layers of packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = BlobStore(folder)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.folder}>"

    def _file(self, key: str) -> Path:
        return self.folder / "layers" / f"{key}.json"

    def sweep(self) -> None:
        """Take away what killed builds left: folders with a dash in their name are all scratch."""
        sweep(self.folder, lambda name: "-" in name)

    def find(self, key: str) -> CachedLayer | None:
        """Return a layer made before, if its blob is still there. A damaged note counts as none."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, WispError):
            found = _read(json_data(found_bytes(self._file(key))))
            return found if self.store.has(found.blob.descriptor) else None
        return None

    def remember(self, key: str, layer: CachedLayer) -> None:
        """Note what a layer was made of."""
        table = {
            "descriptor": layer.blob.descriptor.as_json(),
            "diff_id": str(layer.blob.diff_id),
            "unpacked": layer.blob.unpacked,
            "paths": list(layer.paths),
            "texts": dict(layer.texts),
        }
        write_atomically(self._file(key), canonical(table))


def _read(table: Mapping[str, Any]) -> CachedLayer:
    return CachedLayer(
        blob=LayerBlob(
            descriptor=Descriptor.from_json(table["descriptor"]),
            diff_id=Digest(table["diff_id"]),
            unpacked=int(table["unpacked"]),
        ),
        paths=tuple(table["paths"]),
        texts=dict(table["texts"]),
    )
