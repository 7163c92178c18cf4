"""`add` as a transaction: edit, solve, pin, write, install."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from wisp.api.edits.environments import environments_using
from wisp.api.edits.locked_versions import locked_versions
from wisp.api.edits.platform_words import declare_platforms
from wisp.api.edits.requests import AddedPackage, AddRequest, DependencySelection, wanted
from wisp.api.edits.transaction import Sync, check, drafted, written
from wisp.api.rereading import reread
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.rewriting import restoring
from wisp.lock.model import LockFile
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.pypi_requirements import has_requirement, put_requirement
from wisp.manifest.edit.requirements import has_conda, put_conda
from wisp.manifest.edit.spelling import conda_data
from wisp.manifest.model import Environment, Manifest
from wisp.manifest.pinning import pin, pin_pypi, strategy_for
from wisp.solve.unpin import Unpin
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement, normalize
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.pinning import PinningStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What `add` did: words with the constraint found for each, names that were there already.

    `inherited` are those of them that take what they ask for from the workspace's pool.
    `names` are those of the packages added. `unused_feature` is set when no environment has the
    feature, so that nothing was pinned.
    """

    manifest: Manifest
    added: tuple[tuple[str, str | None], ...]
    names: tuple[str, ...]
    present: tuple[str, ...]
    inherited: frozenset[str] = frozenset()
    unused_feature: str | None = None


def add(
    manifest: Manifest,
    request: AddRequest,
    sync: Sync,
    *,
    strategy: str | None = None,
) -> Added:
    """Add requirements; those without a version are pinned to what is locked for them.

    Whatever fails, manifest and lock file are as they were.

    Raises `ManifestError` for wrong words or an edit that makes no sense, and what `sync` raises.
    """
    with exclusive_folder(manifest.root):
        current = reread(manifest)
        unchanged = Document.open(current.text, current.kind)
        new, present = _sort(current, unchanged, request, wanted(request, current))
        open_ended = [one.with_version("*") if one.needs_pin else one for one in new]
        document = declare_platforms(current, unchanged, request.platforms)
        document = _put_all(document, request, open_ended)
        draft = check(current, document, unchanged)
        users = environments_using(draft, request)
        # The lock is written first: of an `add` that is killed nothing stands in the manifest, or
        # all of it.
        with restoring(sync.lock_path), drafted(current, draft):
            outcome = sync.lock(draft, _unpin(new, users)) if new else None
            lock = None if outcome is None else outcome.lock
            configured = cast("PinningStrategy | None", strategy)
            pinned = [_pinned(one, lock, users, request, configured) for one in new]
            final = check(draft, _put_all(document, request, pinned), document)
            with written(current, final):
                if lock is not None and users:
                    sync.install(final, lock)
    constraints = (
        one.requirement.spec.version if before.needs_pin and lock is not None and users else None
        for before, one in zip(new, pinned, strict=True)
    )
    return Added(
        manifest=final,
        added=tuple((one.word, found) for one, found in zip(new, constraints, strict=True)),
        names=tuple(one.name for one in new),
        present=present,
        inherited=frozenset(name for name in present if _inherits(unchanged, request, name)),
        unused_feature=None if users or not new else request.feature,
    )


def _unpin(new: Iterable[AddedPackage], users: Iterable[Environment]) -> Unpin:
    names = tuple(one.name for one in new)
    return Unpin(names, frozenset(environment.name for environment in users))


def _sort(
    manifest: Manifest, document: Document, request: AddRequest, words: Iterable[AddedPackage]
) -> tuple[list[AddedPackage], tuple[str, ...]]:
    """Tell what is to be written from what is there already and asks for nothing new."""
    new: list[AddedPackage] = []
    present: list[str] = []
    for one in words:
        known = all(_has(document, request, part, one.name) for part in request.parts)
        parts = request.parts if known else ()
        there = [_present(manifest, request, part, one.name) for part in parts]
        found = [old for old in there if old is not None]
        named = found and all(map(one.names_source_of, found))
        if not known or not (one.is_vague or named):
            new.append(one)
            continue
        joined = [one.joined(old) for old in found]
        if [more.requirement for more in joined] == found:
            present.append(one.name)
        else:
            new.append(joined[0])
    return new, tuple(present)


def _inherits(document: Document, request: AddRequest, name: str) -> bool:
    """Whether every part that is meant takes a package from the workspace's pool."""
    written = [document.get(document.path(part, request.table, name)) for part in request.parts]
    return not request.pypi and all(
        isinstance(one, dict) and one.get("workspace") is True for one in written
    )


def _present(
    manifest: Manifest, request: AddRequest, part: ManifestPart, name: str
) -> CondaRequirement | PypiRequirement | None:
    """Return the requirement that a part has; None of one that the workspace's pool gives."""
    if part.environment is not None:
        feature = manifest.environments[part.environment].inline
    else:
        feature = manifest.features[part.feature]
    if feature is None:
        return None
    target = feature.base if part.target is None else dict(feature.targets)[part.target]
    if request.pypi:
        pypi = (one for one in target.pypi_dependencies if normalize(one.name) == normalize(name))
        return next(pypi, None)
    document = Document.open(manifest.text, manifest.kind)
    written = document.get(document.path(part, request.table, name))
    if isinstance(written, dict) and "workspace" in written:
        return None
    listed: tuple[CondaRequirement, ...] = getattr(target, request.table.replace("-", "_"))
    return next((one for one in listed if one.name == name), None)


def _has(document: Document, selection: DependencySelection, part: ManifestPart, name: str) -> bool:
    if selection.pypi:
        return has_requirement(document, part, name)
    return has_conda(document, part, selection.table, name)


def _put_all(document: Document, request: AddRequest, words: Iterable[AddedPackage]) -> Document:
    for one in words:
        for part in request.parts:
            document = _put(document, request, part, one)
    return document


def _put(
    document: Document, request: AddRequest, part: ManifestPart, one: AddedPackage
) -> Document:
    requirement = one.requirement
    if not isinstance(requirement, CondaRequirement):
        return put_requirement(document, part, requirement)
    data = conda_data(requirement.spec)
    return put_conda(document, part, request.table, requirement.source_name, data)


def _pinned(
    one: AddedPackage,
    lock: LockFile | None,
    users: Sequence[Environment],
    selection: DependencySelection,
    strategy: PinningStrategy | None,
) -> AddedPackage:
    if not one.needs_pin:
        return one
    versions: list[str] = []
    if lock is not None:
        versions = locked_versions(
            lock, users, one.name, is_pypi=selection.pypi, targets=selection.platforms
        )
    if selection.pypi:
        return one.with_version(pin_pypi(versions, strategy or "semver"))
    return one.with_version(pin(versions, strategy_for(one.name, strategy)))
