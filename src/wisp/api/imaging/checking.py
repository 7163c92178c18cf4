"""`image check`: whether all in an image loads, and whether leaving things out broke something."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.api.imaging.building import ImageRequest, build
from wisp.api.imaging.loading import engine_of, load
from wisp.api.opened import OpenedWorkspace
from wisp.engine.process import capture
from wisp.errors import HostError
from wisp.foreign import json_data
from wisp.image import probe
from wisp.specs.oci import Reference
from wisp.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCheck:
    """How many modules and libraries were tried, and why those failed that did, by name.

    `broken` are those that load in an image from which nothing is left out, `failing` those that
    fail there too: mostly a library that neither the packages nor the base bring.
    """

    tried: int
    broken: Mapping[str, str]
    failing: Mapping[str, str]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was broken and every module can be imported."""
        return not self.broken and not any(name.startswith("module ") for name in self.failing)


def check(workspace: OpenedWorkspace, request: ImageRequest) -> ImageCheck:
    """Build an image as it is wanted, and where something fails one that has everything; try both.

    Raises:
        HostError: No engine runs here, or the image has no Python that works.
        WispError: Whatever `build` raises.

    """
    slim = _probed(workspace, request, "wisp-check:slim")
    if not slim.failed or not request.settings.slim:
        return ImageCheck(tried=slim.tried, broken={}, failing=slim.failed)
    whole_settings = replace(request.settings, slim=())
    whole = _probed(workspace, replace(request, settings=whole_settings), "wisp-check:whole")
    return ImageCheck(
        tried=slim.tried,
        broken={name: why for name, why in slim.failed.items() if name not in whole.failed},
        failing={name: why for name, why in slim.failed.items() if name in whole.failed},
    )


@dataclass(frozen=True, slots=True)
class _Probed:
    tried: int
    failed: Mapping[str, str]


def _probed(workspace: OpenedWorkspace, request: ImageRequest, name: str) -> _Probed:
    engine = engine_of(workspace)
    built = build(workspace, request)
    load(workspace, built, [Reference.parse(name)])
    text = Path(probe.__file__).read_text(encoding="utf-8")
    try:
        done = capture(
            [engine, "run", "--rm", "--interactive", "--network", "none", name, "python", "-"],
            environ=workspace.environ,
            stdin=text,
        )
    finally:
        capture([engine, "rmi", "--force", name], environ=workspace.environ)
    try:
        # Scripts of an activation may have said something before.
        found = json_data(done.stdout.strip().rpartition("\n")[2])
        return _Probed(found["tried"], found["failed"])
    except (ValueError, KeyError, TypeError) as error:
        raise HostError(
            "the image has no Python that can be asked",
            causes=[done.stderr.strip() or done.stdout.strip() or str(error)],
            hints=["what is in an image is tried by its Python: `pixi add python` brings one"],
        ) from error
