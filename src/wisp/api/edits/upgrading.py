"""`upgrade`: loosen what the manifest asks for, solve, and write the constraints found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from wisp.api.edits.environments import environments_using
from wisp.api.edits.locked_versions import locked_versions
from wisp.api.edits.requests import DependencySelection
from wisp.api.edits.transaction import Sync, check, drafted, written
from wisp.api.locks.judging import LockOutcome
from wisp.api.rereading import reread
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.rewriting import restoring
from wisp.errors import ManifestError, UsageError
from wisp.layout import DEFAULT_FEATURE
from wisp.lock.model import LockFile
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.pyproject import put_standard, standard_array
from wisp.manifest.edit.requirements import PYPI_TABLE, rewrite
from wisp.manifest.edit.spelling import pypi_text
from wisp.manifest.model import Manifest
from wisp.manifest.pinning import pin, pin_pypi, strategy_for
from wisp.manifest.words import pypi_word
from wisp.solve.unpin import Unpin
from wisp.specs.controls import KeyPath
from wisp.specs.pypi import normalize
from wisp.specs.similarity import among, did_you_mean
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.pinning import PinningStrategy

_SOURCES = frozenset({"git", "path", "url", "workspace"})
_EXACT_FIELDS = ("build", "build-number", "md5", "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest:
    """Which requirements are loosened: those named, or all but some, everywhere or in one part."""

    packages: Sequence[str] = ()
    exclude: Sequence[str] = ()
    feature: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What came of it; `outcome` is None when nothing could be raised and no package changed.

    `shared` names requirements that take their version from the workspace and were left alone;
    `raised` has name, constraint before and constraint after of each that is written differently.
    """

    manifest: Manifest
    outcome: LockOutcome | None
    shared: tuple[str, ...] = ()
    raised: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Loose:
    """A requirement that can be loosened: where it stands and what is written there.

    `path` leads to the entry of a table, or to an array of PEP 508 texts when `data` is one.
    """

    name: str
    part: ManifestPart
    path: KeyPath
    data: str | dict[str, Any]
    is_pypi: bool
    in_array: bool = False

    def constraint(self, document: Document) -> str:
        """Return the version that a document asks for."""
        data = document.get(self.path)
        if self.in_array:
            words = [pypi_word(text, Path()) for text in data or () if isinstance(text, str)]
            found = (word.spec.version for word in words if word.name == self.name)
            return next(found, None) or "*"
        return str(data.get("version", "*") if isinstance(data, dict) else data)

    def rewritten(self, document: Document, version: str, *, wholly: bool) -> Document:
        """Write another version; `wholly` drops what pins a single build too."""
        if self.in_array:
            requirement = pypi_word(str(self.data), Path())
            spec = type(requirement.spec)(
                version=version, extras=requirement.spec.extras, marker=requirement.spec.marker
            )
            text = pypi_text(type(requirement)(requirement.name, spec))
            return put_standard(document, self.path, self.name, text)
        data = document.get(self.path)
        if isinstance(data, str):
            return document.set(self.path, version)
        rest = {k: v for k, v in data.items() if not (wholly and k in _EXACT_FIELDS)}
        if wholly and rest.keys() <= {"version"}:
            return rewrite(document, self.path, version)
        if "version" not in data:
            return rewrite(document, self.path, {"version": version, **rest})
        for field in data.keys() - rest.keys():
            document = document.remove((*self.path, field))
        return document.set((*self.path, "version"), version)


def upgrade(
    manifest: Manifest,
    request: UpgradeRequest,
    sync: Sync,
    *,
    strategy: str | None = None,
    dry_run: bool = False,
) -> Upgraded:
    """Raise requirements to what can be had now. Whatever fails, all is as it was.

    Raises `ManifestError` for unknown features, environments and packages, and what `sync` raises;
    `UsageError` where the lock file must not change.
    """
    with exclusive_folder(manifest.root):
        current = reread(manifest)
        unchanged = Document.open(current.text, current.kind)
        _require_part(current, request)
        found, shared = _collect(current, unchanged, request)
        if not found:
            return Upgraded(current, _followed(sync, current, dry_run=dry_run), shared)
        named = bool(request.packages)
        document = unchanged
        for one in found:
            document = one.rewritten(document, "*", wholly=named and not one.is_pypi)
        draft = check(current, document, unchanged)
        unpin = Unpin(tuple(one.name for one in found), everything=True)
        configured = cast("PinningStrategy | None", strategy)
        if dry_run:
            outcome = _locked(sync.lock(draft, unpin, dry_run=True))
            pinned = _pin_all(draft, document, unchanged, found, outcome.lock, configured)
            return Upgraded(current, outcome, shared, _raised(found, unchanged, pinned))
        with restoring(sync.lock_path), drafted(current, draft):
            outcome = _locked(sync.lock(draft, unpin))
            pinned = _pin_all(draft, document, unchanged, found, outcome.lock, configured)
            final = check(draft, pinned, document)
            with written(current, final):
                sync.install(final, outcome.lock)
    return Upgraded(final, outcome, shared, _raised(found, unchanged, pinned))


def _raised(
    found: Sequence[_Loose], before: Document, after: Document
) -> tuple[tuple[str, str, str], ...]:
    rows = ((one.name, one.constraint(before), one.constraint(after)) for one in found)
    return tuple(dict.fromkeys(row for row in rows if row[1] != row[2]))


def _followed(sync: Sync, manifest: Manifest, *, dry_run: bool) -> LockOutcome | None:
    """Lock and install where there is nothing to raise; what is stale is brought up to date."""
    outcome = sync.lock(manifest, dry_run=dry_run)
    if outcome is not None and not dry_run:
        sync.install(manifest, outcome.lock)
    return outcome if outcome is not None and outcome.difference else None


def _locked(outcome: LockOutcome | None) -> LockOutcome:
    if outcome is None:
        raise UsageError("an upgrade has to change the lock file, which the options forbid")
    return outcome


def _require_part(manifest: Manifest, request: UpgradeRequest) -> None:
    if request.feature is not None and request.feature not in manifest.features:
        raise ManifestError(f"could not find a feature named {request.feature}")
    if request.environment is None:
        return
    if request.environment not in manifest.environments:
        raise ManifestError(
            f"could not find an environment named {request.environment}",
            hints=among("environments", request.environment, manifest.environments),
        )
    if manifest.environments[request.environment].inline is None:
        raise ManifestError(
            f"the environment {request.environment} does not define any content inline",
            hints=("use --feature to upgrade the features that it lists",),
        )


def _collect(
    manifest: Manifest, document: Document, request: UpgradeRequest
) -> tuple[list[_Loose], tuple[str, ...]]:
    """Find what the request means; also name what takes its version from the workspace."""
    everything = [
        one for part in _parts(manifest, document, request) for one in _loose(document, part)
    ]
    wanted = {normalize(name) for name in request.packages}
    known = {normalize(one.name) for one in everything}
    for name in request.packages:
        if normalize(name) not in known:
            raise ManifestError(
                f"could not find a package named '{name}'",
                hints=did_you_mean(name, (one.name for one in everything)),
            )
    excluded = {normalize(name) for name in request.exclude}
    chosen = [
        one
        for one in everything
        if (not wanted or normalize(one.name) in wanted) and normalize(one.name) not in excluded
    ]
    shared = [one.name for one in chosen if _keys(one.data) & {"workspace"}]
    return [one for one in chosen if not _keys(one.data) & _SOURCES], tuple(shared)


def _keys(data: object) -> set[str]:
    return set(data) if isinstance(data, dict) else set()


def _parts(
    manifest: Manifest, document: Document, request: UpgradeRequest
) -> Iterator[ManifestPart]:
    """Yield the parts of the manifest that the request covers, targets behind their base."""
    bases = [ManifestPart(feature=name) for name in manifest.features]
    bases += [ManifestPart(environment=e.name) for e in manifest.environments.values() if e.inline]
    if request.environment is not None:
        bases = [ManifestPart(environment=request.environment)]
    elif request.feature is not None:
        bases = [ManifestPart(feature=request.feature)]
    for base in bases:
        yield base
        for target in document.get(document.path(base, "target")) or {}:
            yield ManifestPart(feature=base.feature, environment=base.environment, target=target)


def _loose(document: Document, part: ManifestPart) -> Iterator[_Loose]:
    for table, is_pypi in (("dependencies", False), (PYPI_TABLE, True)):
        path = document.path(part, table)
        for name, data in (document.get(path) or {}).items():
            yield _Loose(name, part, (*path, name), data, is_pypi)
    if part.target is not None or part.environment is not None:
        return
    arrays: list[KeyPath | None] = [standard_array(document, part.feature)]
    if document.kind == "pyproject" and part.feature != DEFAULT_FEATURE:
        arrays.append(("project", "optional-dependencies", part.feature))
    for array in arrays:
        for text in (document.get(array) or ()) if array is not None else ():
            if array is not None and isinstance(text, str) and "@" not in text.partition(";")[0]:
                name = pypi_word(text, Path()).name
                yield _Loose(name, part, array, text, is_pypi=True, in_array=True)


def _pin_all(
    draft: Manifest,
    document: Document,
    unchanged: Document,
    found: Sequence[_Loose],
    lock: LockFile,
    strategy: PinningStrategy | None,
) -> Document:
    """Write the constraints; what no environment uses keeps what it had."""
    for one in found:
        versions = _versions(draft, lock, one)
        if one.is_pypi:
            constraint = pin_pypi(versions, strategy or "semver")
        else:
            constraint = pin(versions, strategy_for(one.name, strategy))
        if versions:
            document = one.rewritten(document, constraint, wholly=False)
        elif not one.in_array:
            document = rewrite(document, one.path, unchanged.get(one.path))
        else:
            document = put_standard(document, one.path, one.name, str(one.data))
    return document


def _versions(manifest: Manifest, lock: LockFile, one: _Loose) -> list[str]:
    """Return the versions locked for a requirement wherever it counts."""
    part = one.part
    selection = DependencySelection(feature=part.feature, environment=part.environment)
    users = environments_using(manifest, selection)
    targets = () if part.target is None else (part.target,)
    return locked_versions(lock, users, one.name, is_pypi=one.is_pypi, targets=targets)
