"""The layers of packages: found in the cache, or made of a prefix that is put aside for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from wisp.engine.files import refusal
from wisp.engine.scratch import scratch_folder
from wisp.errors import InstallError
from wisp.image.cache import CachedLayer, LayerCache, Recipe, layer_key
from wisp.image.entries import LayerEntry, share_equal_files, with_parents
from wisp.image.layer import digest_of, write_layer
from wisp.image.plan import PackageLayer
from wisp.image.prefix import Staged, all_paths, package_entries, read_staged
from wisp.image.slim import DEBUG, keeps
from wisp.image.stripping import strip_debug
from wisp.patterns import pattern
from wisp.report import SILENT, Reporter
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.image.prefix import Owner

#: Where packages say which variables an activation sets.
_VARIABLES = pattern(r"etc/conda/env_vars\.d/[^/]+\.json|conda-meta/state")

#: Fills an empty folder with the whole prefix, as it is at its place in the image.
Stage = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLayer:
    """A layer of packages: the plan it follows, what was made, and whether that was before."""

    layer: PackageLayer
    content: CachedLayer
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
    with scratch_folder(workshop.scratch, "stage-") as scratch:
        folder = scratch / "prefix"
        folder.mkdir()
        stage(folder)
        staged = read_staged(folder, recipe.place)
        known = [
            None if _disputed(layer, staged) else one
            for layer, one in zip(plan, known, strict=True)
        ]
        missing = [at for at, found in enumerate(known) if found is None]
        _check_owners(plan, staged)
        made = _write_missing([plan[at] for at in missing], staged, recipe, workshop)
        for at, layer in zip(missing, made, strict=True):
            if not _disputed(plan[at], staged):
                workshop.cache.remember(keys[at], layer)
    return _made(plan, known, dict(zip(missing, made, strict=True)))


def _disputed(layer: PackageLayer, staged: Staged) -> bool:
    owners = (staged.owners.get(owner) for owner in _owners(layer))
    return any(one is not None and one.disputed for one in owners)


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
    made: Mapping[int, CachedLayer],
) -> tuple[MadeLayer, ...]:
    return tuple(
        MadeLayer(layer=layer, content=found or made[at], cached=found is not None)
        for at, (layer, found) in enumerate(zip(plan, known, strict=True))
    )


def _check_owners(plan: Iterable[PackageLayer], staged: Staged) -> None:
    for layer in plan:
        for owner in _owners(layer):
            if owner not in staged.owners:
                raise InstallError(f"the package `{owner[1]}` was not installed")


def _write_missing(
    layers: Sequence[PackageLayer], staged: Staged, recipe: Recipe, workshop: Workshop
) -> list[CachedLayer]:
    token = workshop.reporter.start("packing", "layers", len(layers))

    def write(layer: PackageLayer) -> CachedLayer:
        made = _write(layer, staged, recipe, workshop.cache)
        workshop.reporter.advance(token)
        return made

    try:
        with ThreadPoolExecutor(workshop.workers) as pool:
            return list(pool.map(write, layers))
    finally:
        workshop.reporter.finish(token)


def _write(layer: PackageLayer, staged: Staged, recipe: Recipe, cache: LayerCache) -> CachedLayer:
    keep, owners = keeps(recipe.slim), _owners(layer)
    entries = [entry for owner in owners for entry in package_entries(staged, owner, keep)]
    if DEBUG in recipe.slim:
        entries = _stripped(entries, staged.folder.with_name("stripped"))
    shared = share_equal_files(with_parents(entries), digest_of)
    with cache.store.draft() as draft:
        blob = write_layer(shared, draft, time=recipe.time, compression=recipe.compression)
        cache.store.keep(draft, blob.descriptor)
    paths = all_paths(staged, owners)
    return CachedLayer(blob=blob, paths=paths, texts=variable_texts(staged.folder, paths))


def _stripped(entries: Iterable[LayerEntry], folder: Path) -> list[LayerEntry]:
    """Replace programs and libraries by what is left of them without what only debuggers read."""
    folder.mkdir(exist_ok=True)
    found: list[LayerEntry] = []
    for entry in entries:
        target = folder / sha256(entry.path.encode()).hexdigest()
        try:
            if entry.source is not None and strip_debug(entry.source, target):
                entry = replace(entry, source=target, size=target.stat().st_size)
        except OSError as error:
            raise refusal("write", target, error) from error
        found.append(entry)
    return found


def variable_texts(prefix: Path, paths: Iterable[str]) -> dict[str, str]:
    """Read those of some files that say which variables an activation sets."""
    return {
        path: (prefix / path).read_text(encoding="utf-8", errors="replace")
        for path in paths
        if _VARIABLES.fullmatch(path)
    }


def _owners(layer: PackageLayer) -> list[Owner]:
    return [(one.kind, one.name) for one in layer.packages]
