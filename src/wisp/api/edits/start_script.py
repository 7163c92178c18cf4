"""Starting a script: a block of either kind in a file that may be there already."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.config import Config
from wisp.engine.rewriting import rewrite
from wisp.errors import ManifestError, Place
from wisp.foreign import place_of_no_text
from wisp.layout import SCRIPT_SUFFIXES
from wisp.manifest import templates
from wisp.manifest.notebook import SUFFIX as NOTEBOOK
from wisp.manifest.notebook import is_notebook, new_notebook, with_code
from wisp.manifest.script import with_block
from wisp.manifest.script_block import (
    ScriptError,
    block_source,
    find_block,
    find_conda_block,
)
from wisp.manifest.script_kind import not_switched_on
from wisp.manifest.script_templates import LANGUAGES, ScriptLanguage
from wisp.trust import found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    ScriptFormat = Literal["pep723", "conda-script"]


def start_script(
    file: Path, channels: Sequence[str], config: Config, kind: ScriptFormat | None = None
) -> None:
    """Put a block into a script, which is made if it does not exist.

    Python gets a block of PEP 723 unless told otherwise, other languages a conda-script block.

    Raises `ManifestError` when the script has a block already, is of no language that we know, or
    would be a conda-script where these are not switched on.
    """
    is_python = file.suffix in SCRIPT_SUFFIXES
    if kind is None:
        kind = "conda-script" if config.conda_scripts and not is_python else "pep723"
    if kind == "pep723":
        _start_python(file, channels, config)
    else:
        _start_conda(file, channels, config)


def _start_python(file: Path, channels: Sequence[str], config: Config) -> None:
    if file.suffix not in SCRIPT_SUFFIXES:
        raise _no_python(file, config)
    text = _text(file)
    try:
        found = find_block(block_source(text))
        other = find_conda_block(text) if config.conda_scripts else None
    except ScriptError as error:
        raise ManifestError(str(error), place=Place(str(file))) from None
    if found is not None:
        raise ManifestError(f"{file} is already a PEP 723 script")
    if other is not None:
        raise ManifestError(f"{file} is already a conda-script")
    block = templates.script_block(channels)
    if file.suffix == NOTEBOOK:
        rewrite(file, _notebook_with(file, text, block))
    else:
        rewrite(file, with_block(text, block))


def _no_python(file: Path, config: Config) -> ManifestError:
    if file.suffix.lower() in LANGUAGES and not config.conda_scripts:
        return not_switched_on(file, is_new=True)
    return ManifestError(
        f"'{file}' is not a Python script: its name must end in .py or .pyw",
        hints=(f"or in {NOTEBOOK}, for a notebook",),
    )


def _start_conda(file: Path, channels: Sequence[str], config: Config) -> None:
    if not config.conda_scripts:
        raise not_switched_on(file, is_new=True)
    language = LANGUAGES.get(file.suffix.lower())
    if language is None:
        raise ManifestError(
            f"what `{file.name}` is written in cannot be told by its name",
            hints=(f"it has to end in one of {', '.join(LANGUAGES)}",),
        )
    text = _text(file)
    try:
        found = find_conda_block(text) or find_block(text)
    except ScriptError as error:
        raise ManifestError(str(error), place=Place(str(file))) from None
    if found is not None:
        kind = "a conda-script" if found.kind == "conda-script" else "a PEP 723 script"
        raise ManifestError(f"{file} is already {kind}")
    rewrite(file, _begun(text, language, channels or config.default_channels))


def _begun(text: str, language: ScriptLanguage, channels: Sequence[str]) -> str:
    """Return a script with a block; one that is new gets something to run, too."""
    block = language.block(channels)
    return with_block(text, block, gap="") if text.strip() else f"{block}\n{language.body}"


def _text(file: Path) -> str:
    try:
        return found_bytes(file).decode() if file.exists() else ""
    except UnicodeDecodeError as error:
        place = place_of_no_text(error, file)
        raise ManifestError(f"'{file}' is not UTF-8 text", place=place) from None


def _notebook_with(file: Path, text: str, block: str) -> str:
    """Put a block into the first cell of code of a notebook, which may be empty yet."""
    if not text.strip():
        return new_notebook(block.removesuffix("\n"))
    if not is_notebook(text):
        raise ManifestError(f"'{file}' is no notebook", place=Place(str(file)))
    return with_code(text, with_block(block_source(text), block).removesuffix("\n"))
