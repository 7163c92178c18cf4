"""Where an image may be written: an archive that ends in `.tar`, or a folder for a layout."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import UsageError
from wisp.patterns import pattern

ARCHIVE = ".tar"
LAYOUT_MARK = "oci-layout"
_PACKED = pattern(r"(?i).*\.(tar\.\w+|t[gbx]z2?|tzst|gz|xz|bz2|zst|zip|7z)")
_HINT = "choose another folder, or a file that ends in `.tar`"


def check_output(output: Path) -> None:
    """Refuse a place that holds something else, or a name by which nobody expects what is written.

    Raises:
        UsageError: It is one.

    """
    if output.suffix == ARCHIVE:
        if output.is_dir():
            raise UsageError(f"`{output}` is a folder", hints=["choose the name of a file"])
        return
    if _PACKED.fullmatch(output.name) and not output.is_dir():
        raise UsageError(
            f"`{output}` is no name for an archive of an image: its layers are packed already",
            hints=["choose one that ends in `.tar`, or a folder"],
        )
    if output.exists() and not output.is_dir():
        raise UsageError(f"`{output}` is a file", hints=[_HINT])
    if output.is_dir() and not (output / LAYOUT_MARK).exists() and any(output.iterdir()):
        raise UsageError(f"`{output}` is not empty and no image layout", hints=[_HINT])
