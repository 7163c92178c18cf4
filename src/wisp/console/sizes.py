"""Amounts of bytes as people read them."""

from __future__ import annotations


def human_size(amount: int) -> str:
    """Spell an amount of bytes in binary units: `699 B`, `1.36 KiB`."""
    if amount < 1024:
        return f"{amount} B"
    size = float(amount)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.2f} {unit}"
    return f"{size / 1024:.2f} TiB"
