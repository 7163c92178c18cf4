"""Which PyPI projects conda packages stand for, as far as a manifest has a say in it."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaPypiMap:
    """One channel's entry of `conda-pypi-map`; `disabled` for `false`.

    `location` is the URL or path of a map, `mapping` one that is written into the manifest: conda
    names to PyPI names, None for a package that has none.
    """

    disabled: bool = False
    location: str | None = None
    mapping: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    replace: bool = False
    same_name_heuristic: bool | None = None


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    #: Per channel, as written; `False`: no PyPI names at all; None: the maps that everybody has.
    CondaPypiMaps = Mapping[str, CondaPypiMap] | Literal[False] | None
