"""The layers of packages: found in the cache, or made of a prefix that is put aside for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wisp.errors import InstallError
from wisp.image.cache import CachedLayer, LayerCache, Recipe, layer_key
from wisp.image.entries import share_equal_files, with_parents
from wisp.image.layer import LayerBlob, digest_of, write_layer
from wisp.image.plan import PackageLayer
from wisp.image.prefix import Owner, Staged, all_paths, package_entries, read_staged
from wisp.image.slim import keeps
from wisp.report import SILENT, Reporter
from wisp.values import dataclass

#: Fills an empty folder with the whole prefix, as it is at its place in the image.
Stage = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLayer:
    """A layer of packages: the plan it follows, its blob, and whether it was made before."""

    layer: PackageLayer
    blob: LayerBlob
    cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where and how layers are made: `workers` at a time; `scratch` on the disk of the caches."""

    cache: LayerCache
    scratch: Path
    workers: int = 1
    reporter: Reporter = SILENT


def package_layers(
    plan: Sequence[PackageLayer], recipe: Recipe, stage: Stage, workshop: Workshop
) -> tuple[MadeLayer, ...]:
    """Return the layers of a plan in its order. The prefix is made only if one is not known.

    Layers of packages that dispute a file are never kept: whose file it is depends on all
    packages of the environment.

    Raises:
        InstallError: A package has put no file anywhere.
        WispError: Whatever `stage` raises.

    """
    keys = [layer_key(layer, recipe) for layer in plan]
    known = _without_disputes([workshop.cache.find(key) for key in keys])
    if all(known):
        return _made(plan, known, {})
    with tempfile.TemporaryDirectory(prefix="stage-", dir=_existing(workshop.scratch)) as scratch:
        folder = Path(scratch) / "prefix"
        folder.mkdir()
        stage(folder)
        staged = read_staged(folder, recipe.place)
        known = [
            None if _disputed(layer, staged) else one
            for layer, one in zip(plan, known, strict=True)
        ]
        missing = [at for at, found in enumerate(known) if found is None]
        _check_owners(plan, staged)
        blobs = _write_missing([plan[at] for at in missing], staged, recipe, workshop)
        for at, blob in zip(missing, blobs, strict=True):
            if not _disputed(plan[at], staged):
                found = CachedLayer(blob=blob, paths=all_paths(staged, _owners(plan[at])))
                workshop.cache.remember(keys[at], found)
    return _made(plan, known, dict(zip(missing, blobs, strict=True)))


def _disputed(layer: PackageLayer, staged: Staged) -> bool:
    owners = (staged.owners.get(owner) for owner in _owners(layer))
    return any(one is not None and one.disputed for one in owners)


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _without_disputes(known: list[CachedLayer | None]) -> list[CachedLayer | None]:
    """Forget known layers that have a file in common: the prefix has to tell whose it is."""
    seen: set[str] = set()
    total = 0
    for found in known:
        if found is not None:
            seen.update(found.paths)
            total += len(found.paths)
    return known if len(seen) == total else [None] * len(known)


def _made(
    plan: Sequence[PackageLayer],
    known: Sequence[CachedLayer | None],
    blobs: Mapping[int, LayerBlob],
) -> tuple[MadeLayer, ...]:
    made: list[MadeLayer] = []
    for at, (layer, found) in enumerate(zip(plan, known, strict=True)):
        blob = found.blob if found is not None else blobs[at]
        made.append(MadeLayer(layer=layer, blob=blob, cached=found is not None))
    return tuple(made)


def _check_owners(plan: Iterable[PackageLayer], staged: Staged) -> None:
    for layer in plan:
        for owner in _owners(layer):
            if owner not in staged.owners:
                raise InstallError(f"the package `{owner[1]}` was not installed")


def _write_missing(
    layers: Sequence[PackageLayer], staged: Staged, recipe: Recipe, workshop: Workshop
) -> list[LayerBlob]:
    token = workshop.reporter.start("packing", "layers", len(layers))

    def write(layer: PackageLayer) -> LayerBlob:
        blob = _write(layer, staged, recipe, workshop.cache)
        workshop.reporter.advance(token)
        return blob

    try:
        with ThreadPoolExecutor(workshop.workers) as pool:
            return list(pool.map(write, layers))
    finally:
        workshop.reporter.finish(token)


def _write(layer: PackageLayer, staged: Staged, recipe: Recipe, cache: LayerCache) -> LayerBlob:
    keep = keeps(recipe.slim)
    entries = [entry for owner in _owners(layer) for entry in package_entries(staged, owner, keep)]
    shared = share_equal_files(with_parents(entries), digest_of)
    with cache.store.draft() as draft:
        blob = write_layer(shared, draft, time=recipe.time, compression=recipe.compression)
        cache.store.keep(draft, blob.descriptor)
    return blob


def _owners(layer: PackageLayer) -> list[Owner]:
    return [(one.kind, one.name) for one in layer.packages]
