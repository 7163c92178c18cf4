"""Bills of materials of images: the environment's packages, and those of the base below."""

from __future__ import annotations

from collections.abc import Callable

from wisp.api.imaging.bases import read_lock
from wisp.api.imaging.building import BuiltImage, ImageRequest, wanted_platforms
from wisp.api.opened import OpenedWorkspace
from wisp.image.build import PlatformImage
from wisp.image.debian.index import DebianPackage
from wisp.image.lock import debian_key
from wisp.image.referrers import Referrer, referrer_to
from wisp.image.system_package import SystemListing
from wisp.image.system_packages import system_listing
from wisp.platforms import Platform
from wisp.sbom.base import base_bill
from wisp.sbom.bill import FILE_NAMES, MEDIA_TYPES, BillOfMaterials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.sbom.bill import BillFormat


def bills_of(
    workspace: OpenedWorkspace,
    built: BuiltImage,
    request: ImageRequest,
    form: BillFormat,
    environment_bill: Callable[[str], BillOfMaterials],
) -> tuple[Referrer, ...]:
    """Write a bill for each platform of an image, above that of its environment on a platform.

    Raises:
        UsageError: The library for bills is not installed.
        DamagedBlobError: A layer of the base cannot be read.

    """
    found: list[Referrer] = []
    platforms = wanted_platforms(workspace, request.environment, request.platforms)
    for image, platform in zip(built.images, platforms, strict=True):
        listing = _listing(image, built)
        if listing.unread:
            workspace.reporter.warn(
                "the bill lacks the packages of the base: only rpm can read its database"
            )
        base = base_bill(listing, _locked(workspace, request, platform))
        bill = environment_bill(platform.name).above(base.components, base.direct)
        text = bill.written(form)
        top = image.manifest.descriptor
        found.append(referrer_to(top, text.encode(), MEDIA_TYPES[form], FILE_NAMES[form]))
    return tuple(found)


def _listing(image: PlatformImage, built: BuiltImage) -> SystemListing:
    """List what is installed in the base of an image."""
    rows = zip(image.layers, image.reports, strict=True)
    below = [layer for layer, report in rows if report.kind == "base"]
    return system_listing(below, built.cache.store)


def _locked(
    workspace: OpenedWorkspace, request: ImageRequest, platform: Platform
) -> tuple[DebianPackage, ...]:
    """Return what `image.lock` says of a generated base."""
    if request.settings.base is not None:
        return ()
    key = debian_key(platform.subdir, request.settings.debian_packages)
    found = read_lock(workspace).debian.get(key)
    return found.packages if found is not None else ()
