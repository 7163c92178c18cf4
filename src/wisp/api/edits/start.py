"""Starting a workspace: new manifests, tables for an existing pyproject."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli

from wisp.compat import CompatLevel, preferred, wish_of
from wisp.config import Config, ConfigRequest, pixi_home, read_config
from wisp.engine import host
from wisp.engine.files import refusal
from wisp.engine.process import capture
from wisp.engine.rewriting import rewrite_text
from wisp.engine.safe.root import Root
from wisp.errors import HostError, ManifestError
from wisp.exchange.conda_environment import read_conda_environment
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.foreign import place_of, toml_data
from wisp.manifest import templates
from wisp.manifest.discover import is_lost, lost_manifest
from wisp.manifest.edit.activation import put_variables
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.requirements import put_all
from wisp.manifest.read import load_text
from wisp.printable import typed
from wisp.trust import found_text
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from wisp.manifest.model import ManifestKind

    Format = Literal["pixi", "pyproject", "mojoproject"]


_FILES: dict[Format, str] = {
    "pixi": "pixi.toml",
    "pyproject": "pyproject.toml",
    "mojoproject": "mojoproject.toml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """What `init` is asked to make. None and empty lists mean: as configured or detected."""

    folder: Path
    format: Format = "pixi"
    channels: str | Sequence[str] = ()
    platforms: str | Sequence[str] = ()
    scm: templates.Scm = "github"
    conda_pypi_map: Literal[False] | Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What came of it: the manifest, whether it is new, and what was added to an old one.

    `package` is the editable dependency, `environments` those made of extras and groups;
    `untouched` tells that the file was a workspace already.
    """

    manifest: Path
    created: bool = True
    package: str | None = None
    environments: tuple[str, ...] = ()
    untouched: bool = False
    warnings: tuple[str, ...] = ()


def would_extend(folder: Path) -> bool:
    """Tell whether a folder has only a pyproject.toml that `init` could extend."""
    return (folder / "pyproject.toml").is_file() and not (folder / "pixi.toml").exists()


def start(request: StartRequest, environ: Mapping[str, str]) -> Started:
    """Make a workspace in a folder, which is made if need be.

    Raises `ManifestError` when there is one already, `HostError` when a file cannot be written.
    """
    folder = _admitted(request.folder, environ)
    path = folder / _FILES[request.format]
    facts = _facts(request, folder, environ)
    if request.format == "pyproject" and path.is_file():
        started = _extend(path, facts)
    else:
        _refuse_existing(path)
        started = _create(path, facts, request.format)
    if not started.untouched:
        _write_companions(folder, request.scm)
    return started


def start_from(request: StartRequest, file: Path, environ: Mapping[str, str]) -> Started:
    """Make a workspace out of an `environment.yml` of conda.

    Raises `ManifestError` when there is a workspace already or the file is no such file.
    """
    foreign = _read(file)
    folder = _admitted(request.folder, environ)
    path = folder / _FILES["pixi"]
    _refuse_existing(path)
    facts = _facts(request, folder, environ)
    facts = replace(
        facts, name=foreign.name or facts.name, channels=foreign.channels or facts.channels
    )
    text = _with_cutoff(templates.pixi_toml(facts), facts, "pixi")
    _save(path, _filled(text, foreign))
    _write_companions(folder, request.scm)
    return Started(path, warnings=foreign.warnings)


def _read(file: Path) -> ForeignEnvironment:
    """Read an environment file; lists of requirements, which may be meant, fill a workspace."""
    text = read_text(file)
    try:
        return read_conda_environment(text, file)
    except ManifestError as error:
        if file.suffix == ".txt":
            error.hints += (
                f"a list of requirements is imported into a workspace: `pixi init`, then "
                f"`pixi import {typed(file)} --feature default`",
            )
        raise


def _admitted(folder: Path, environ: Mapping[str, str]) -> Path:
    """Refuse the folder whose `.pixi` is the home of global tools."""
    folder = folder.absolute()
    if folder == pixi_home(environ).parent.absolute():
        raise ManifestError(
            "a workspace in the home folder would mix with the global tools that live there",
            hints=("use `pixi init NAME` to make a folder for it",),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("create", folder, error) from error
    return folder


def _refuse_existing(path: Path) -> None:
    if is_lost(path):
        raise lost_manifest(path)
    if os.path.lexists(path):
        raise ManifestError(
            f"{path.name} already exists",
            hints=(
                "`pixi add NAME` adds to this workspace, `pixi init NAME` makes one in a folder of "
                "that name",
            ),
        )


def _facts(
    request: StartRequest, folder: Path, environ: Mapping[str, str]
) -> templates.NewWorkspace:
    config = read_config(ConfigRequest(environ=environ, workspace=folder))
    return templates.NewWorkspace(
        name=folder.name or "workspace",
        channels=tuple(request.channels) or config.default_channels,
        platforms=tuple(request.platforms) or (host.detected_subdir(),),
        author=_author(environ, folder),
        conda_pypi_map=request.conda_pypi_map,
        index_url=_index_url(config),
        extra_index_urls=tuple(config.get("pypi-config.extra-index-urls", ())),
        exclude_newer=_configured_cutoff(config, preferred(wish_of(environ))),
    )


def _configured_cutoff(config: Config, level: CompatLevel) -> Data | None:
    """Return what a new manifest says of packages that are too new."""
    if not level.has("new workspaces begin with the configured cut-off"):
        return None
    cutoff, exemptions = config.exclude_newer, config.exemptions
    if cutoff is None or not exemptions:
        return cutoff
    return {"cutoff": cutoff, "exemptions": exemptions}


def _index_url(config: Config) -> str | None:
    url = config.get("pypi-config.index-url")
    return None if url is None else str(url)


def _author(environ: Mapping[str, str], folder: Path) -> tuple[str, str] | None:
    """Ask git who is at work here."""
    answers: list[str] = []
    for key in ("user.name", "user.email"):
        try:
            done = capture(["git", "config", "--get", key], environ=environ, cwd=folder)
        except HostError:
            return None
        answers.append(done.stdout.strip())
    name, mail = answers
    return (name, mail) if name and mail else None


def _create(path: Path, facts: templates.NewWorkspace, kind: Format) -> Started:
    if kind != "pyproject":
        _save(path, _with_cutoff(templates.pixi_toml(facts), facts, "pixi"))
        return Started(path)
    _save(path, _with_cutoff(templates.pyproject_toml(facts), facts, "pyproject"))
    module = path.parent / "src" / templates.module_name(facts.name) / "__init__.py"
    if not module.exists():
        Root(path.parent).write(module, "")
    return Started(path)


def _with_cutoff(text: str, facts: templates.NewWorkspace, kind: ManifestKind) -> str:
    if facts.exclude_newer is None:
        return text
    document = Document.open(text, kind)
    return document.set((*document.workspace, "exclude-newer"), facts.exclude_newer).text


def _extend(path: Path, facts: templates.NewWorkspace) -> Started:
    """Make a workspace of a pyproject that is none yet."""
    text = found_text(path)
    try:
        data = toml_data(text)
    except tomli.TOMLDecodeError as error:
        raise ManifestError(
            f"'{path.name}' is not valid TOML", causes=[str(error)], place=place_of(error, path)
        ) from None
    if _table(data, "tool", "pixi") is not None:
        return Started(path, created=False, untouched=True)
    name = _name(_table(data, "project")) or _name(_table(data, "tool", "poetry"))
    facts = replace(facts, name=name or facts.name)
    environments = _groups(data)
    tables = templates.pyproject_tables(facts, environments, named=name is not None)
    gap = "" if not text or text.endswith("\n") else "\n"
    _save(path, _with_cutoff(f"{text}{gap}\n{tables}", facts, "pyproject"))
    return Started(
        path, created=False, package=facts.name, environments=tuple(sorted(environments))
    )


def _table(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any] | None:
    """Return what stands at some keys if it is a table: who reads the result tells what is none."""
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _name(table: Mapping[str, Any] | None) -> str | None:
    name = (table or {}).get("name")
    return name if isinstance(name, str) else None


def _groups(data: Mapping[str, Any]) -> dict[str, str]:
    """Map environment names to the extras and dependency groups that they are made of."""
    extras = _table(data, "project", "optional-dependencies") or {}
    groups = _table(data, "dependency-groups") or {}
    return {name.replace("_", "-").lower(): name for name in (*extras, *groups)}


def _filled(text: str, foreign: ForeignEnvironment) -> str:
    document = Document.open(text, "pixi")
    document = put_all(document, ManifestPart(), foreign.conda, foreign.pypi)
    return put_variables(document, ManifestPart(), foreign.variables).text


def _save(path: Path, text: str) -> None:
    """Write a manifest that can be read again."""
    load_text(text, path, "pyproject" if path.name == "pyproject.toml" else "pixi")
    rewrite_text(path, text)


def _write_companions(folder: Path, scm: templates.Scm) -> None:
    root = Root(folder)
    for name, block in (
        (".gitignore", templates.GITIGNORE),
        (".gitattributes", templates.gitattributes(scm)),
    ):
        file = folder / name
        root.require(file)
        text = found_text(file) if file.exists() else ""
        if block not in text:
            gap = "" if not text or text.endswith("\n") else "\n"
            rewrite_text(file, text + gap + block, root)
