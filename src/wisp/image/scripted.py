"""The layer above those of packages: what their link scripts change, where somebody wants them run.

It depends on all packages of the environment, so it is found again only with all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.engine.scratch import scratch_folder
from wisp.image.cache import CachedLayer, Recipe, layer_key
from wisp.image.entries import LayerEntry, with_parents
from wisp.image.layer import write_layer
from wisp.image.link_scripts import ScriptRun, run_link_scripts, scripted_packages
from wisp.image.packages import MadeLayer, Stage, Workshop, variable_texts
from wisp.image.plan import ImagePackage, PackageLayer
from wisp.image.slim import keeps
from wisp.specs.records import CondaRecord

_TITLE = "link scripts"
#: What tells the layer from one of the same packages: no package has such a name.
_MARK = ImagePackage(name=_TITLE, kind="conda", version="", identity="")


def scripted_layer(
    below: Sequence[MadeLayer],
    records: Sequence[CondaRecord],
    recipe: Recipe,
    stage: Stage,
    workshop: Workshop,
) -> tuple[MadeLayer, ...]:
    """Return the layer of what link scripts change above `below`, if they change anything.

    `records` are the environment's in the order in which they are linked; `stage` fills an empty
    folder with it.

    Raises:
        WispError: See `run_link_scripts`, or whatever `stage` raises.

    """
    if not scripted_packages(path for made in below for path in made.content.paths):
        return ()
    packages = (_MARK, *(package for made in below for package in made.layer.packages))
    key = layer_key(PackageLayer(kind="conda", title=_TITLE, packages=packages), recipe)
    known = workshop.cache.find(key)
    content = known or _made(records, recipe, stage, workshop)
    if known is None:
        workshop.cache.remember(key, content)
    layer = PackageLayer(kind="conda", title=_TITLE, packages=())
    found = MadeLayer(layer=layer, content=content, cached=known is not None)
    return (found,) if content.paths else ()


def _made(
    records: Sequence[CondaRecord], recipe: Recipe, stage: Stage, workshop: Workshop
) -> CachedLayer:
    with scratch_folder(workshop.scratch, "scripts-") as scratch:
        folder = scratch / "staged"
        folder.mkdir()
        stage(folder)
        run = ScriptRun(
            folder=folder,
            place=recipe.place,
            records=tuple(records),
            time=recipe.time,
            scratch=scratch,
        )
        with workshop.reporter.during("running", "link scripts"):
            entries = run_link_scripts(run, keeps(recipe.slim))
        return _written(entries, scratch / "prefix", recipe, workshop)


def _written(
    entries: Sequence[LayerEntry], prefix: Path, recipe: Recipe, workshop: Workshop
) -> CachedLayer:
    store = workshop.cache.store
    with store.draft() as draft:
        blob = write_layer(
            with_parents(entries), draft, time=recipe.time, compression=recipe.compression
        )
        store.keep(draft, blob.descriptor)
    below = f"{recipe.place.lstrip('/')}/"
    paths = tuple(entry.path.removeprefix(below) for entry in entries)
    return CachedLayer(blob=blob, paths=paths, texts=variable_texts(prefix, paths))
