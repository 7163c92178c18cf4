"""What `doctor` found, a line for each check, and below what is not good what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp import Check

_SIGNS = {"good": ("✔", "32"), "doubtful": ("!", "33"), "broken": ("×", "31")}


def check_lines(
    checks: Sequence[Check], paint: Callable[[str, str], str], program: str
) -> Iterator[str]:
    """Yield the lines of all checks; commands that they advise are those of the `program`."""
    for check in checks:
        sign, code = _SIGNS[check.state]
        yield f"{paint(sign, code)} {check.subject}: {check.found}"
        if check.advice is not None and check.state != "good":
            yield "    " + check.advice.replace("`pixi ", f"`{program} ")
