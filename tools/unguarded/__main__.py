"""`python -m tools.unguarded [NUMBER or KIND ...]`: take each rule away and see its test fail.

Works in copies of the tree, in a temporary folder. A row is shown if its test fails each time one
of its rules is off; a test that skips, breaks or does not end shows nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tools.unguarded.rules import Row, Rule, chosen, read_rows, read_rules
from tools.unguarded.trees import Tree, make_tree
from tools.unguarded.trial import Trial, Verdict, run

#: Seconds for all tests together, with nothing taken away.
_LIMIT = 3600


def main() -> int:
    """Run what was chosen; the exit code is 1 if a test did not fail without its rule."""
    options = _options()
    rows, rules = read_rows(), read_rules()
    try:
        wanted = chosen(rows, options.rows)
    except ValueError as error:
        print(f"unguarded: {error}", file=sys.stderr)
        return 2
    cases = list(_cases(rules, rows, wanted))
    with _trees(options.jobs) as trees:
        if not options.quick and not _whole(trees[0], {test for _, test, _ in cases}, options.jobs):
            return 1
        shown = _shown(cases, trees, options.verbose)
    without = {number for number in wanted if rows[number].test} - shown.keys()
    for number in sorted(without):
        print(_told(rows[number], "no rule is known"))
    failed = sum(shown.values())
    print(f"{failed} failed without their rule, {len(shown) + len(without) - failed} did not")
    return int(bool(without) or failed < len(shown))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="unguarded", description=__doc__, allow_abbrev=False)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="numbers or kinds (K1) of rows")
    parser.add_argument("--jobs", "-n", type=int, default=1, help="copies that work side by side")
    parser.add_argument("--quick", action="store_true", help="do not run all tests unchanged first")
    parser.add_argument("--verbose", "-v", action="store_true", help="print what the tests said")
    return parser.parse_args()


#: A rule, a test, and the rows that it holds.
_Case = tuple[Rule, str, tuple[Row, ...]]


def _cases(rules: Iterable[Rule], rows: dict[int, Row], wanted: set[int]) -> Iterator[_Case]:
    """Give what is to be tried: each rule with each of its tests once."""
    for rule in rules:
        mine = [rows[number] for number in rule.rows if number in wanted]
        for test in dict.fromkeys(rule.test or row.test for row in mine):
            yield rule, test, tuple(row for row in mine if (rule.test or row.test) == test)


@contextmanager
def _trees(count: int) -> Iterator[list[Tree]]:
    """Make copies of the tree, which vanish at the end."""
    with tempfile.TemporaryDirectory(prefix="wisp-unguarded-") as folder:
        Path(folder).chmod(0o755)  # some tests are of what other users reach
        yield [make_tree(Path(folder, str(number))) for number in range(count)]


def _whole(tree: Tree, tests: set[str], jobs: int) -> bool:
    """Whether all tests pass (or skip) while nothing is off."""
    trial = run(tree, sorted(tests), "-p", "xdist", "-n", str(jobs), limit=_LIMIT)
    if whole := trial.verdict in (Verdict.PASSED, Verdict.SKIPPED):
        print(f"nothing off: {trial.why}", flush=True)
    else:
        print(f"nothing off, and yet: {trial.why}\n{trial.said}")
    return whole


def _shown(cases: list[_Case], trees: list[Tree], verbose: bool) -> dict[int, bool]:
    """Try each case in a copy that is free, print lines, and tell which rows were shown."""
    free: SimpleQueue[Tree] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def tried(case: _Case) -> Trial:
        tree = free.get()
        try:
            with tree.changed(case[0].changes):
                return run(tree, [case[1]], "-x")
        finally:
            free.put(tree)

    shown: dict[int, bool] = {}
    with ThreadPoolExecutor(len(trees)) as pool:
        for (_, _, held), trial in zip(cases, pool.map(tried, cases), strict=True):
            for row in held:
                print(_told(row, f"{trial.verdict.name.lower():8} {trial.why}"), flush=True)
                failed = trial.verdict is Verdict.FAILED
                shown[row.number] = failed and shown.get(row.number, True)
            if verbose:
                print(trial.said, flush=True)
    return shown


def _told(row: Row, verdict: str) -> str:
    return f"{row.number:4} {row.kind:4} {verdict}"


if __name__ == "__main__":
    sys.exit(main())
