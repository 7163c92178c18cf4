"""Options of an environment that its features may disagree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from wisp.errors import ManifestError
from wisp.manifest.cutoff_model import CutoffTable
from wisp.manifest.model import Feature, Manifest
from wisp.specs.conda import Channel, known_channel_url
from wisp.specs.cutoffs import moment
from wisp.specs.inputs import ExcludeNewer, Exempted
from wisp.specs.pypi import PypiOptions, PypiRequirement
from wisp.values import fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.inputs import ChannelPriority, SolveStrategy

_UNIONS = ("no_build", "no_binary", "no_build_isolation")
_LISTS = ("extra_index_urls", "find_links")
_UNSET = PypiOptions()


def channel_priority(features: Iterable[Feature]) -> ChannelPriority:
    """Return how strictly channels keep apart. Raises `ManifestError` if features disagree."""
    given = {feature.channel_priority for feature in features} - {None}
    if len(given) > 1:
        words = ", ".join(sorted(f"'{word}'" for word in given))
        raise ManifestError(
            "Multiple channel priorities are not allowed in a single environment",
            hints=(f"its features ask for {words}",),
        )
    return next((word for word in given if word), "strict")


def solve_strategy(features: Iterable[Feature]) -> SolveStrategy:
    """Return which versions are preferred: the first feature that says so decides."""
    return next((f.solve_strategy for f in features if f.solve_strategy), "highest")


def pypi_options(manifest: Manifest, features: Iterable[Feature]) -> PypiOptions:
    """Unite the options of features and lay them over those of the workspace.

    Raises `ManifestError` where features contradict each other.
    """
    united = PypiOptions()
    for feature in features:
        united = _merge(united, feature.pypi_options, strict=True)
    return _merge(united, manifest.workspace.pypi_options, strict=False)


def _merge(first: PypiOptions, second: PypiOptions, *, strict: bool) -> PypiOptions:
    """Complete options by others; `strict` refuses two different values of one option."""
    if first == second == _UNSET:
        return first
    values: dict[str, Any] = {}
    for item in fields(PypiOptions):
        left, right = getattr(first, item.name), getattr(second, item.name)
        if item.name in _UNIONS:
            values[item.name] = _unite(left, right)
        elif item.name in _LISTS:
            values[item.name] = tuple(dict.fromkeys((*left, *right)))
        elif item.name == "dependency_overrides":
            values[item.name] = _merge_overrides(left, right)
        else:
            if strict and None not in {left, right} and left != right:
                raise _conflict(item.name, left, right)
            values[item.name] = right if left is None else left
    return replace(first, **values)


def _unite(left: bool | tuple[str, ...], right: bool | tuple[str, ...]) -> bool | tuple[str, ...]:
    if left is True or right is True:
        return True
    names = (*(left or ()), *(right or ()))
    return tuple(dict.fromkeys(names))


def _merge_overrides(
    left: tuple[PypiRequirement, ...], right: tuple[PypiRequirement, ...]
) -> tuple[PypiRequirement, ...]:
    names = {requirement.normalized for requirement in left}
    return (*left, *(item for item in right if item.normalized not in names))


def _conflict(name: str, left: object, right: object) -> ManifestError:
    if name == "index_url":
        return ManifestError(
            f"multiple primary pypi indexes are not supported, found both {left} and {right} "
            "across multiple pypi options"
        )
    key = name.replace("_", "-")
    return ManifestError(
        f"multiple values of `{key}` are not supported, found both {left} and {right} across "
        "multiple pypi options"
    )


def exclude_newer(manifest: Manifest, channels: Iterable[Channel], now: datetime) -> ExcludeNewer:
    """Turn all cut-offs into moments; spans are counted back from `now`."""
    workspace = manifest.workspace
    found = cutoffs(
        workspace.exclude_newer, workspace.pypi_exclude_newer, channels, manifest.root, now
    )
    return replace(
        found,
        packages=moments(manifest.exclude_newer, now),
        pypi_packages=moments(manifest.pypi_exclude_newer, now),
    )


def cutoffs(
    general: CutoffTable,
    pypi: CutoffTable,
    channels: Iterable[Channel],
    root: Path,
    now: datetime,
) -> ExcludeNewer:
    """Turn the cut-offs of all packages, of PyPI's and of channels into moments."""
    channels = tuple(channels)
    return ExcludeNewer(
        default=_moment(general.cutoff, now),
        exempted=_exempted(general, channels, root, now),
        pypi_default=_moment(pypi.cutoff, now),
        pypi_exempted=tuple(one.requirement.name for one in pypi.exemptions),
        channels={
            channel.url: moment(channel.exclude_newer, now)
            for channel in channels
            if channel.exclude_newer is not None
        },
    )


def _exempted(
    table: CutoffTable, channels: Iterable[Channel], root: Path, now: datetime
) -> tuple[Exempted, ...]:
    """Return what cut-offs do not hold for; names of channels become addresses."""
    found = []
    for one in table.exemptions:
        spec = one.requirement.spec
        if spec.channel is not None:
            spec = replace(spec, channel=known_channel_url(spec.channel, channels, root))
        found.append(Exempted(replace(one.requirement, spec=spec), _moment(one.cutoff, now)))
    return tuple(found)


def _moment(text: str | None, now: datetime) -> datetime | None:
    return None if text is None else moment(text, now)


def moments(cutoffs: Mapping[str, str], now: datetime) -> dict[str, datetime]:
    """Turn the cut-offs of single packages into moments."""
    return {name: moment(text, now) for name, text in cutoffs.items()}
