"""Edits of `exclude-newer` of a workspace, and which exemptions do something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from wisp.api.edits.transaction import Sync, edit
from wisp.api.lock_usage import LockUsage
from wisp.api.locks.locked_view import look_up_all
from wisp.errors import ManifestError, UsageError
from wisp.manifest.cutoff_model import CutoffTable, Exemption
from wisp.manifest.edit import cutoffs
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.cutoffs import parse_cutoff
from wisp.specs.newness import lets_in, missed
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from wisp.api.opened import OpenedWorkspace
    from wisp.manifest.edit.document import Document
    from wisp.manifest.model import Manifest
    from wisp.specs.inputs import ExcludeNewer
    from wisp.specs.records import Record

#: The word for the present moment, which is written down as it is then.
NOW = "now"


def key_of(*, pypi: bool) -> str:
    """Return the key of a cut-off: that of all packages, or that of PyPI alone."""
    return "pypi-exclude-newer" if pypi else "exclude-newer"


def table_of(manifest: Manifest, *, pypi: bool) -> CutoffTable:
    """Return what a workspace says."""
    workspace = manifest.workspace
    return workspace.pypi_exclude_newer if pypi else workspace.exclude_newer


def spelled(text: str, now: datetime) -> str:
    """Return a cut-off as it is written down. Raises `UsageError` for what is none."""
    if text == NOW:
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        parse_cutoff(text)
    except ValueError as error:
        raise UsageError(
            str(error),
            hints=(
                "a cut-off is a day (2026-01-31), a time (2026-01-31T12:00:00Z) or a span (7d)",
            ),
        ) from None
    return text


def exemptions_of(
    words: Sequence[str], cutoff: str | None, now: datetime, *, pypi: bool, forever: bool = False
) -> tuple[Exemption, ...]:
    """Read the words of `exempt`.

    A conda package with a version is exempted up to now unless `cutoff` says otherwise or it is
    `forever`: what is built later under that version is not what was meant. Raises `UsageError`
    for two words on one package, and `ManifestError` for one that is no exemption.
    """
    if pypi and cutoff is not None:
        raise UsageError("an exemption from the cut-off of PyPI has no cut-off of its own")
    read = _pypi_exemption if pypi else _exemption
    until = None if cutoff is None else spelled(cutoff, now)
    found = [read(word) for word in words]
    counts = Counter(one.requirement.name for one in found)
    for name, count in counts.items():
        if count > 1:
            raise UsageError(f"{name} is exempted twice", hints=("exempt one after the other",))
    if pypi or forever:
        return tuple(found)
    dated = spelled(NOW, now)
    return tuple(
        replace(one, cutoff=until or (dated if one.requirement.spec.version else None))
        for one in found
    )


def _exemption(word: str) -> Exemption:
    requirement = conda_word(word)
    spec = requirement.spec
    if spec.extras or spec.when:
        raise UsageError(f"'{word}': an exemption has neither extras nor conditions")
    return Exemption(requirement)


def _pypi_exemption(word: str) -> Exemption:
    requirement = pypi_word(word, Path())
    spec = requirement.spec
    if spec.version != "*" or spec.extras or spec.marker or spec.location:
        raise UsageError(
            f"'{word}': an exemption from the cut-off of PyPI holds for all versions of a package",
            hints=(f"exempt {requirement.name}",),
        )
    return Exemption(CondaRequirement(requirement.normalized, CondaSpec(), requirement.name))


def change_cutoff(
    manifest: Manifest, cutoff: str | None, *, pypi: bool, sync: Sync | None = None
) -> Manifest:
    """Write the cut-off of a workspace, or take it away (None)."""

    def change(_: Manifest, document: Document) -> Document:
        path = (*document.workspace, key_of(pypi=pypi))
        if cutoff is None:
            return cutoffs.unset_cutoff(document, path)
        return cutoffs.set_cutoff(document, path, cutoff)

    return edit(manifest, change, sync)


def exempt(
    manifest: Manifest,
    exemptions: Iterable[Exemption],
    *,
    pypi: bool,
    sync: Sync | None = None,
) -> Manifest:
    """Write exemptions, each in place of what its package had."""

    def change(_: Manifest, document: Document) -> Document:
        path = (*document.workspace, key_of(pypi=pypi))
        for one in exemptions:
            document = cutoffs.put_exemption(document, path, one)
        return document

    return edit(manifest, change, sync)


def unexempt(
    manifest: Manifest, names: Sequence[str], *, pypi: bool, sync: Sync | None = None
) -> Manifest:
    """Take exemptions away. Raises `ManifestError` for a package that has none."""

    def change(_: Manifest, document: Document) -> Document:
        path = (*document.workspace, key_of(pypi=pypi))
        for name in names:
            known = cutoffs.written_exemption(document, path, name)
            if known is None:
                raise no_exemption(name, document.get((*path, "exemptions")))
            document = cutoffs.remove_exemption(document, path, known)
        return document

    return edit(manifest, change, sync)


def no_exemption(name: str, present: Iterable[str] | None) -> ManifestError:
    """Return the failure of an exemption that there is none of."""
    known = ", ".join(present or ())
    hints = (f"exemptions are: {known}",) if known else ()
    return ManifestError(f"there is no exemption of {name}", hints=hints)


def idle(workspace: OpenedWorkspace, *, pypi: bool) -> tuple[str, ...]:
    """Return the exemptions without which all that is locked could still be had.

    When PyPI packages appeared no lock says: their exemptions are idle where nothing of the name
    is locked. Raises `LockFileError` where there is no lock.
    """
    lock, inputs = look_up_all(workspace, usage=LockUsage(frozen=True))
    used: set[str] = set()
    for one in inputs:
        environment = lock.environments.get(one.environment)
        records = environment.packages.get(one.platform.name, ()) if environment else ()
        if pypi:
            used |= {record.name for record in records if isinstance(record, PypiRecord)}
        else:
            used |= used_exemptions(one.exclude_newer, records)
    table = table_of(workspace.manifest, pypi=pypi)
    names = (one.requirement for one in table.exemptions)
    return tuple(one.source_name for one in names if one.name not in used)


def used_exemptions(newer: ExcludeNewer, records: Iterable[Record]) -> set[str]:
    """Return the packages that could not be had but for their exemptions."""
    strict = replace(newer, exempted=())
    exempted = {one.requirement.name: one for one in newer.exempted}
    return {
        record.name
        for record in records
        if isinstance(record, CondaRecord)
        and record.name in exempted
        and missed(record, strict) is not None
        and lets_in(exempted[record.name], record)
    }
