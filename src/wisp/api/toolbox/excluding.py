"""Edits of `exclude-newer` of global tools, after which all environments follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wisp.api.edits.cutoffs import key_of, no_exemption, used_exemptions
from wisp.api.toolbox.changing import sync
from wisp.errors import WispError
from wisp.manifest.edit import cutoffs
from wisp.manifest.edit.text import TomlText
from wisp.toolbox.manifest import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.toolbox.changes import ToolChange
    from wisp.api.toolbox.tools import Tools
    from wisp.manifest.cutoff_model import CutoffTable, Exemption

Edit = Callable[[TomlText], TomlText]

_GENERAL = "global"


def table_of(tools: Tools) -> CutoffTable:
    """Return what a manifest says: of all packages, or, of the toolbox of PyPI, of those."""
    return tools.box.pypi_exclude_newer if tools.home.pypi else tools.box.exclude_newer


def _path(tools: Tools) -> tuple[str, str]:
    return (_GENERAL, key_of(pypi=tools.home.pypi))


def change(tools: Tools, edit: Edit, following: Iterable[Tools]) -> tuple[ToolChange, ...]:
    """Edit a manifest, then bring the environments of `following` in order.

    Where that fails the old manifest stands again. Raises `ManifestError` for an edit that makes no
    sense, and what installing raises.
    """
    with tools.changing() as current:
        toml = current.toml
        if not toml.data:
            toml = TomlText(f"version = {VERSION}\n{toml.text}")
        draft = current.edited(edit(toml))
        draft.save(current)
    try:
        return tuple(done for box in following for done in sync(box))
    except WispError:
        with tools.changing() as now:
            now.edited(current.toml).save(now)
        raise


def set_cutoff(tools: Tools, cutoff: str | None) -> Edit:
    """Write the cut-off, or take it away (None)."""
    path = _path(tools)
    if cutoff is None:
        return lambda toml: cutoffs.unset_cutoff(toml, path)
    return lambda toml: cutoffs.set_cutoff(toml, path, cutoff)


def exempt(tools: Tools, exemptions: Sequence[Exemption]) -> Edit:
    """Write exemptions, each in place of what its package had."""

    def edit(toml: TomlText) -> TomlText:
        for one in exemptions:
            toml = cutoffs.put_exemption(toml, _path(tools), one)
        return toml

    return edit


def unexempt(tools: Tools, names: Sequence[str]) -> Edit:
    """Take exemptions away. Raises `ManifestError` for a package that has none."""
    path = _path(tools)

    def edit(toml: TomlText) -> TomlText:
        for name in names:
            known = cutoffs.written_exemption(toml, path, name)
            if known is None:
                raise no_exemption(name, toml.get((*path, "exemptions")))
            toml = cutoffs.remove_exemption(toml, path, known)
        return toml

    return edit


def idle(tools: Tools, boxes: Iterable[Tools]) -> tuple[str, ...]:
    """Return the exemptions without which all that is installed could still be had."""
    used: set[str] = set()
    for box in boxes:
        for environment in box.box.environments.values():
            if tools.home.pypi:
                used |= box.installed(environment.name).wheels().keys()
                continue
            records = [one.record for one in box.installed(environment.name).packages()]
            used |= used_exemptions(box.cutoffs(environment), records)
    names = (one.requirement for one in table_of(tools).exemptions)
    return tuple(one.source_name for one in names if one.name not in used)
