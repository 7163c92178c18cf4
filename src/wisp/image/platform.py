"""Which of several images fits a machine. Pure.

Source: OCI image specification, image-index.md; Go's words for operating systems and processors.
"""

from __future__ import annotations

from collections.abc import Iterable

from wisp.errors import WispError
from wisp.specs.oci import Descriptor, ImagePlatform

#: Subdir to the platform that images name.
PLATFORMS = {
    "linux-32": ImagePlatform("linux", "386"),
    "linux-64": ImagePlatform("linux", "amd64"),
    "linux-aarch64": ImagePlatform("linux", "arm64"),
    "linux-armv6l": ImagePlatform("linux", "arm", "v6"),
    "linux-armv7l": ImagePlatform("linux", "arm", "v7"),
    "linux-ppc64le": ImagePlatform("linux", "ppc64le"),
    "linux-riscv64": ImagePlatform("linux", "riscv64"),
    "linux-s390x": ImagePlatform("linux", "s390x"),
}


def image_platform(subdir: str) -> ImagePlatform:
    """Return the platform of images for a subdir.

    Raises:
        WispError: Containers do not run there.

    """
    found = PLATFORMS.get(subdir)
    if found is None:
        raise WispError(
            f"there are no images for '{subdir}'",
            hints=["images are for Linux: choose a platform with `--platform`"],
        )
    return found


def choose(rows: Iterable[Descriptor], wanted: ImagePlatform) -> Descriptor | None:
    """Return the row of an index that fits best: same variant before none before another.

    A row that names no platform fits if it is the only one. What stands beside images, such as
    attestations (`unknown`), never does.
    """
    found = list(rows)
    named = [row for row in found if row.platform is not None and not row.platform.is_unknown]
    fitting = [row for row in named if _is_same_machine(row.platform, wanted)]
    if fitting:
        return min(fitting, key=lambda row: _distance(row.platform, wanted))
    if len(found) == 1 and found[0].platform is None:
        return found[0]
    return None


def _is_same_machine(platform: ImagePlatform | None, wanted: ImagePlatform) -> bool:
    if platform is None:
        return False
    one, other = platform.normalized(), wanted.normalized()
    return (one.os, one.architecture) == (other.os, other.architecture)


def _distance(platform: ImagePlatform | None, wanted: ImagePlatform) -> int:
    variant = platform.normalized().variant if platform else None
    if variant == wanted.normalized().variant:
        return 0
    return 1 if variant is None else 2
