"""`python -m tools.golden [CHECKER...]`: run the checkers, print a line each, hold the ratchet."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools.golden.checkers import CHECKERS, Checker, Outcome, Sources, run

ROOT = Path(__file__).resolve().parents[2]
FIGURES = Path(__file__).with_name("golden.toml")
_HEAD = """\
# How many answers must agree at least. A change may raise a figure
# (`python -m tools.golden --raise`), never lower it.
"""


def main() -> int:
    """Run what was chosen; the exit code is 1 when a figure fell."""
    options = _options()
    if not options.golden.is_dir():
        print(f"no golden answers at {options.golden}: nothing was checked")
        return 0
    cache = ROOT / ".cache" / "golden"
    cache.mkdir(parents=True, exist_ok=True)
    sources = Sources(options.golden, options.corpus, options.repodata, cache)
    floors = tomllib.loads(FIGURES.read_text())
    outcomes: list[Outcome] = []
    for checker in _chosen(options.checkers):
        outcomes += _judged(checker, sources, options.executable, floors)
    if options.raise_:
        write_figures(raised(floors, outcomes))
    return int(any(_fell(outcome, floors) for outcome in outcomes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="golden", description=__doc__, allow_abbrev=False)
    names = [checker.name for checker in CHECKERS]
    parser.add_argument("checkers", nargs="*", metavar="CHECKER", help=f"of {', '.join(names)}")
    shared = ROOT.parent / "shared"
    parser.add_argument("--golden", type=_path, default=shared / "golden")
    parser.add_argument("--corpus", type=_path, default=shared / "corpus.tar.xz")
    parser.add_argument("--repodata", type=_path, default=shared / "repodata")
    parser.add_argument("--executable", type=Path, default=ROOT / ".venv" / "bin" / "pixi")
    parser.add_argument("--raise", dest="raise_", action="store_true", help="write better figures")
    options = parser.parse_args()
    if unknown := sorted({*options.checkers} - {*names}):
        parser.error(f"no checker is called {', '.join(unknown)}; there are {', '.join(names)}")
    return options


def _path(text: str) -> Path:
    return Path(text).resolve()


def _chosen(names: Sequence[str]) -> list[Checker]:
    return [checker for checker in CHECKERS if not names or checker.name in names]


def _judged(
    checker: Checker, sources: Sources, executable: Path, floors: dict[str, int]
) -> list[Outcome]:
    """Run a checker, a second time if a figure fell: indexes and busy machines have bad moments."""
    outcomes = [_report(outcome, floors) for outcome in run(checker, sources, executable)]
    if any(_fell(outcome, floors) for outcome in outcomes):
        print(f"{checker.name:13} once more", flush=True)
        outcomes = [_report(outcome, floors) for outcome in run(checker, sources, executable)]
    return outcomes


def _report(outcome: Outcome, floors: dict[str, int]) -> Outcome:
    floor = floors.get(outcome.name, 0)
    if outcome.agreed is None:
        print(f"{outcome.name:13} gave no figure after {outcome.seconds:.0f} s:\n{outcome.said}")
    else:
        verdict = f"fell below {floor}" if outcome.agreed < floor else f"at least {floor}"
        figure = f"{outcome.agreed:5}/{outcome.total:<5}"
        print(f"{outcome.name:13} {figure} {outcome.seconds:6.1f} s   {verdict}", flush=True)
    return outcome


def _fell(outcome: Outcome, floors: dict[str, int]) -> bool:
    return outcome.agreed is None or outcome.agreed < floors.get(outcome.name, 0)


def raised(floors: dict[str, int], outcomes: list[Outcome]) -> dict[str, int]:
    """Give the better of the old and new figures."""
    new = dict(floors)
    for outcome in outcomes:
        if outcome.agreed is not None:
            new[outcome.name] = max(outcome.agreed, new.get(outcome.name, 0))
    return new


def write_figures(figures: dict[str, int]) -> None:
    """Write `golden.toml`."""
    lines = [f"{name} = {figure}\n" for name, figure in figures.items()]
    FIGURES.write_text(_HEAD + "".join(lines))


if __name__ == "__main__":
    sys.exit(main())
