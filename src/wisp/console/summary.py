"""The line that says at the end what was done, to how much and in which time."""

from __future__ import annotations

from wisp.console.sizes import human_size

#: What is told, in this order.
_DEEDS = ("locked", "installed", "changed", "removed")


class Summary:
    """What was counted since the last summary."""

    def __init__(self) -> None:
        self._counted: dict[str, dict[str, int]] = {}
        self.downloaded = 0

    def count(self, deed: str, amount: int, kind: str) -> None:
        """Add to what was counted."""
        kinds = self._counted.setdefault(deed, {})
        kinds[kind] = kinds.get(kind, 0) + amount

    def text(self, seconds: float) -> str:
        """Say it in one line; nothing done is an empty text."""
        parts = [self._part(deed) for deed in _DEEDS if sum(self._counted.get(deed, {}).values())]
        if not parts:
            return ""
        amount, _, rest = parts[0].partition(" (")
        only = amount.endswith(" 1")
        parts[0] = f"{amount} package{'' if only else 's'}" + (f" ({rest}" if rest else "")
        if self.downloaded:
            parts.append(f"downloaded {human_size(self.downloaded)}")
        line = ", ".join(parts)
        return f"{line[:1].upper()}{line[1:]} in {duration(seconds)}"

    def _part(self, deed: str) -> str:
        kinds = {kind: amount for kind, amount in self._counted[deed].items() if amount}
        text = f"{deed} {sum(kinds.values())}"
        named = [f"{amount} {kind}" for kind, amount in kinds.items() if kind]
        return f"{text} ({', '.join(named)})" if named else text


def duration(seconds: float) -> str:
    """Spell a time as people read it: `340 ms`, `4.2 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
