"""Scripts of any language with a conda-script block: what may stand in it, and what it means.

`[dependencies]` and `[tool.pixi.dependencies]` both count, as two features do; all else of
`[tool.pixi]` is what it is in a script of Python.
"""

from __future__ import annotations

from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.manifest.channels import read_channels
from wisp.manifest.conda_tables import read_requirements
from wisp.manifest.faults import Fault, ValuePath, did_you_mean
from wisp.manifest.getters import Notes, Table, as_text, wrong_kind
from wisp.manifest.model import Environment, Feature, Target
from wisp.manifest.pixi_toml import Tables, read_tables
from wisp.manifest.script import TARGET_KEYS, refuse_others, with_defaults
from wisp.specs.conda import CondaRequirement
from wisp.specs.entrypoint import (
    SELECTORS,
    Entrypoint,
    EntrypointError,
    is_selector,
    parse_entrypoint,
)
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The feature of what stands in `[tool.pixi.dependencies]`.
PIXI_FEATURE = "tool.pixi"

_SCRIPTS = "conda-script blocks"
_ROOT_KEYS = ("channels", "dependencies", "entrypoint", "tool")
_PIXI_KEYS = (*TARGET_KEYS, "exclude-newer", "pypi-exclude-newer", "target", "workspace")
_WORKSPACE_KEYS = (
    "channel-priority",
    "conda-pypi-map",
    "exclude-newer",
    "platforms",
    "preview",
    "pypi-exclude-newer",
    "pypi-options",
    "requires-pixi",
    "solve-strategy",
)
_DEPENDENCY_KEYS = (
    "version",
    "build",
    "build-number",
    "channel",
    "subdir",
    "extras",
    "flags",
    "md5",
    "sha256",
    "url",
    "when",
)
_ELSEWHERE = "`[tool.pixi.dependencies]` of the block takes all that a workspace does"


def read_conda_script(
    data: dict[str, Any], notes: Notes, file: str, platforms: tuple[str, ...]
) -> tuple[Tables, Entrypoint]:
    """Read the tables of a block; without platforms of its own it is for those given.

    Raises `Fault` for what it does not have, or may not say.
    """
    root = Table(data, (), notes)
    pixi = _checked(root)
    entrypoint = _entrypoint(root.required("entrypoint"), ("entrypoint",))
    channels = read_channels(root)
    if channels is None:
        raise root.missing("channels")
    # The block's own channels are put in afterwards, so that a fault of them has its place.
    tables = read_tables(with_defaults(pixi.data, (), platforms), pixi.path, notes, file)
    named = replace(tables.workspace, channels=channels)
    own = _dependencies(root)
    return _composed(replace(tables, workspace=named), own), entrypoint


def _checked(root: Table) -> Table:
    """Refuse keys that a block does not have; return its `[tool.pixi]`, empty if missing."""
    refuse_others(root, _ROOT_KEYS, _SCRIPTS)
    pixi = root.below("tool").below("pixi")
    refuse_others(pixi, _PIXI_KEYS, _SCRIPTS)
    workspace = pixi.below("workspace")
    moved = ("they stand in `channels` at the top of the block",)
    refuse_others(workspace, _WORKSPACE_KEYS, _SCRIPTS, moved if "channels" in workspace else ())
    for _, target in pixi.below("target").tables():
        refuse_others(target, TARGET_KEYS, _SCRIPTS)
    return pixi


def _entrypoint(value: object, path: ValuePath) -> Entrypoint:
    if isinstance(value, str):
        return Entrypoint({"": _commands(value, path)})
    if not isinstance(value, dict):
        raise wrong_kind("a string or a table", value, path)
    if not value:
        raise Fault("it names no command for any platform", path)
    texts: dict[str, str] = {}
    for selector, text in value.items():
        if not is_selector(selector):
            raise Fault(
                f"'{selector}' is no platform that an entrypoint may be for: write "
                f"{', '.join(f'`{one}`' for one in SELECTORS)}, or one such as `linux-64`",
                (*path, selector),
                mark="key",
                hints=did_you_mean(selector, SELECTORS),
            )
        texts[selector] = _commands(text, (*path, selector))
    return Entrypoint(texts)


def _commands(value: object, path: ValuePath) -> str:
    text = as_text(value, path)
    try:
        parse_entrypoint(text)
    except EntrypointError as error:
        stretch = (error.start, error.length)
        raise Fault(f"the entrypoint cannot be read: {error}", path, inside=stretch) from None
    return text


def _dependencies(root: Table) -> tuple[CondaRequirement, ...]:
    for name, value, path in root.below("dependencies").items():
        if isinstance(value, dict):
            refuse_others(
                Table(value, path, root.notes),
                _DEPENDENCY_KEYS,
                f"requirements of {_SCRIPTS} (here `{name}`)",
                (_ELSEWHERE,),
            )
    return read_requirements(root, "dependencies", "forbidden")


def _composed(tables: Tables, own: tuple[CondaRequirement, ...]) -> Tables:
    """Put the requirements of `[tool.pixi]` into a feature of their own, beside the block's."""
    default = tables.default
    targets = tuple(
        (selector, Target(dependencies=target.dependencies))
        for selector, target in default.targets
        if target.dependencies
    )
    base = Target(dependencies=default.base.dependencies)
    default = replace(
        default,
        base=replace(default.base, dependencies=own),
        targets=tuple((one, replace(target, dependencies=())) for one, target in default.targets),
    )
    if not (base.dependencies or targets):
        return replace(tables, default=default)
    beside = Feature(name=PIXI_FEATURE, base=base, targets=targets)
    environment = Environment(name=DEFAULT_ENVIRONMENT, features=(PIXI_FEATURE,))
    return replace(
        tables,
        default=default,
        features={PIXI_FEATURE: beside},
        environments={DEFAULT_ENVIRONMENT: environment},
    )
