"""Why packages are locked, as `why` prints it: one block for each package and its chains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp import Link, OutdatedPackage, Reason

_BOLD, _DIM = "1", "2"


def reason_lines(reasons: Sequence[Reason], paint: Callable[[str, str], str]) -> Iterator[str]:
    """Yield a block for each package and set of chains, under all the places it holds for."""
    blocks: dict[tuple[str, tuple[tuple[Link, ...], ...]], list[Reason]] = {}
    for reason in reasons:
        head = f"{reason.name} {reason.version}".rstrip() + f" ({reason.kind})"
        blocks.setdefault((head, reason.chains), []).append(reason)
    for number, ((head, chains), same) in enumerate(blocks.items()):
        if number:
            yield ""
        yield f"{paint(head, _BOLD)} {paint(places(same), _DIM)}"
        if not chains:
            yield "  nothing that is a package needs it"
        for chain in chains:
            yield "  " + " → ".join(one.requirement for one in chain)


def places(found: Sequence[Reason | OutdatedPackage]) -> str:
    """Name environments and platforms; environments that share all platforms stand together."""
    by_environment: dict[str, list[str]] = {}
    for one in found:
        by_environment.setdefault(one.environment, []).append(one.platform)
    together: dict[tuple[str, ...], list[str]] = {}
    for environment, platforms in by_environment.items():
        together.setdefault(tuple(platforms), []).append(environment)
    return "; ".join(
        f"in {', '.join(names)} on {', '.join(platforms)}" for platforms, names in together.items()
    )
