"""`image plan`: which layers an image would have, told before anything is made or fetched."""

from __future__ import annotations

from wisp.api.imaging.building import (
    ImageRequest,
    layer_cache,
    made_at,
    wanted_platforms,
)
from wisp.api.imaging.packaging import recipe_of
from wisp.api.locks.locking import lock_to_look_at
from wisp.api.opened import OpenedWorkspace
from wisp.image.cache import layer_key
from wisp.image.plan import PackageLayer, package_of, plan_layers
from wisp.lock.select import locked_environment
from wisp.specs.records import CondaRecord
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayer:
    """A layer of packages; `cached` if it was made before. Local packages are never known."""

    layer: PackageLayer
    cached: bool

    @property
    def size(self) -> int:
        """Packed bytes as far as the lock knows them, 0 if it does not."""
        return sum(one.size for one in self.layer.packages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedImage:
    """The layers of packages of an image for one platform, from the bottom up."""

    platform: str
    layers: tuple[PlannedLayer, ...]


def plan(workspace: OpenedWorkspace, request: ImageRequest) -> tuple[PlannedImage, ...]:
    """Plan an image for each platform; nothing is fetched but what locking needs.

    Raises:
        LockFileError, SolveError: See `wisp.api.locks.locking.lock_to_look_at`.
        ManifestError, UsageError: There is no such environment or platform.

    """
    lock = lock_to_look_at(workspace, request.usage)
    cache, time = layer_cache(workspace), made_at(workspace)
    images: list[PlannedImage] = []
    for platform in wanted_platforms(workspace, request.environment, request.platforms):
        locked = locked_environment(lock, request.environment, platform.name, workspace.root)
        python = next(
            (
                one
                for one in locked.records
                if isinstance(one, CondaRecord) and one.name == "python"
            ),
            None,
        )
        recipe = recipe_of(locked.platform.subdir, python, request.settings, time)
        layers = plan_layers(map(package_of, locked.records), below=1)
        images.append(
            PlannedImage(
                platform=platform.name,
                layers=tuple(
                    PlannedLayer(layer=one, cached=cache.find(layer_key(one, recipe)) is not None)
                    for one in layers
                ),
            )
        )
    return tuple(images)
