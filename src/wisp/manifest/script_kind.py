"""Which kind of script a file is, and whether it may be: conda-scripts are an experiment."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import ManifestError, Place
from wisp.layout import SCRIPT_SUFFIXES
from wisp.manifest.script_block import (
    ScriptError,
    block_source,
    find_conda_block,
    opens_block,
    opens_conda_block,
    refuse_both,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.model import ManifestKind

#: The key of the configuration that switches conda-scripts on.
SWITCH = "experimental.conda-script"


def kind_of_script(text: str, path: Path, *, conda_scripts: bool) -> ManifestKind:
    """Tell by its block what kind of script a file is.

    A file of Python without a conda-script block is a script of Python, whatever it holds; and so
    is one with both blocks where conda-scripts are not switched on, as before there were any.

    Raises:
        ManifestError: It has no block that it may have, or one of each kind.

    """
    is_python = path.suffix in SCRIPT_SUFFIXES
    if not opens_conda_block(text):
        if is_python:
            return "script"
        raise ManifestError(
            f"the script '{path.name}' is not a Python file and has no conda-script block",
            hints=(
                f"its name has to end in {' or '.join(SCRIPT_SUFFIXES)}, "
                "unless it has such a block",
            ),
            place=Place(str(path)),
        )
    if not conda_scripts:
        if is_python and opens_block(block_source(text)):
            return "script"
        raise not_switched_on(path)
    try:
        block = find_conda_block(text)
        if block is not None:
            refuse_both(text, block)
    except ScriptError as error:
        place = Place(str(path), error.line, 1, text=text)
        raise ManifestError(str(error), place=place) from None
    return "conda-script"


def not_switched_on(path: Path, *, is_new: bool = False) -> ManifestError:
    """Return the failure of what is, or would become, a conda-script where these are off."""
    verb = "would get" if is_new else "has"
    for_once = () if is_new else ("or, for a single run, `run --experimental`",)
    return ManifestError(
        f"{path.name} {verb} a conda-script block, which is an experiment and not switched on",
        place=Place(str(path)),
        hints=(f"`pixi config set {SWITCH} true --global` switches it on", *for_once),
    )
