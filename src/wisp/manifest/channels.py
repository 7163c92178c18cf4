"""Channel lists and cut-offs, as workspace, features and environments have them."""

from __future__ import annotations

from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array, as_integer, as_text, wrong_kind
from wisp.specs.conda import require_place
from wisp.specs.cutoffs import parse_cutoff
from wisp.specs.inputs import CHANNEL_PRIORITIES, SOLVE_STRATEGIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.inputs import ChannelPriority, SolveStrategy


def read_channels(table: Table, key: str = "channels") -> tuple[ChannelEntry, ...] | None:
    """Read a list of channels, None if it is not given."""
    value = table.raw(key)
    path = (*table.path, key)
    if value is None:
        return None
    return tuple(
        _read_channel(item, (*path, index), table)
        for index, item in enumerate(as_array(value, path))
    )


def _read_channel(value: Any, path: ValuePath, parent: Table) -> ChannelEntry:
    if isinstance(value, str):
        return ChannelEntry(_channel(value, path))
    if not isinstance(value, dict):
        raise wrong_kind("a string or a table", value, path)
    table = Table(value, path, parent.notes)
    entry = ChannelEntry(
        _channel(table.required_text("channel"), (*path, "channel")),
        table.read("priority", as_integer),
        read_cutoff(table, "exclude-newer"),
    )
    table.finish()
    return entry


def _channel(text: str, path: ValuePath) -> str:
    try:
        require_place(text)
    except ValueError as error:
        raise Fault(f"'{text}' is not a valid channel: {error}", path) from None
    return text


def read_cutoff(table: Table, key: str) -> str | None:
    """Read an `exclude-newer` value; it is kept as written."""
    return table.read(key, as_cutoff)


def as_cutoff(value: object, path: ValuePath) -> str:
    """Take a value as a cut-off, kept as written."""
    text = as_text(value, path)
    try:
        parse_cutoff(text)
    except ValueError as error:
        raise Fault(
            f"{error}; expected a date such as 2025-11-30, a time such as 2025-11-30T12:00:00Z "
            "or a duration such as 7d",
            path,
        ) from None
    return text


def read_cutoffs(parent: Table, key: str) -> dict[str, str]:
    """Read `[exclude-newer]` or `[pypi-exclude-newer]`: names and cut-offs as written."""
    table = parent.table(key)
    if table is None:
        return {}
    return {name: as_cutoff(value, path) for name, value, path in table.items()}


def read_channel_priority(table: Table) -> ChannelPriority | None:
    """Read `channel-priority`."""
    return table.choice("channel-priority", CHANNEL_PRIORITIES)


def read_solve_strategy(table: Table) -> SolveStrategy | None:
    """Read `solve-strategy`."""
    return table.choice("solve-strategy", SOLVE_STRATEGIES)
