"""`python -m tools.bench [WORD...]`: measure the cases whose name holds one of the words."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tools.bench.cases import CASES, Case
from tools.bench.measure import BenchError, compare
from tools.bench.world import World
from tools.forge.build import DEFAULT_CACHE, build
from tools.forge.layouts import ForgeError


def main() -> int:
    """Print a line per case; the exit code is 1 when one fails or exceeds its limit."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("words", nargs="*", metavar="WORD")
    words = parser.parse_args().words
    cache = Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE))
    chosen = [case for case in CASES if not words or any(word in case.name for word in words)]
    try:
        forge = build(cache)
    except ForgeError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="wisp-bench-") as scratch, ExitStack() as stack:
        world = World(Path(scratch).resolve(), forge, cache, stack)
        verdicts = [_measure(case, world) for case in chosen]
    return 0 if all(verdicts) else 1


def _measure(case: Case, world: World) -> bool:
    try:
        subject, baseline = case.prepare(world)
        found = compare(subject, baseline, case.runs)
    except BenchError as error:
        print(f"{case.name:26} FAILED: {error}", flush=True)
        return False
    kept = case.limit is None or found.within(case.limit)
    limit = f"limit {case.limit}" if case.limit else "no limit"
    times = f"{found.subject * 1000:.1f} / {found.baseline * 1000:.1f} ms"
    line = f"{case.name:26} {found.ratio:6.2f} × {case.against:20} {times:22} {limit}"
    print(line if kept else f"{line}  EXCEEDED", flush=True)
    return kept


if __name__ == "__main__":
    sys.exit(main())
