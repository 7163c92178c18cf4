"""Thousands of hostile cases: nothing around the workspace changes, and every failure is a word.

`WISP_HOSTILE_CASES` says how many (`make hostile` 2,000), `WISP_HOSTILE_SEED` where to begin. A
failure names the number of its case, which alone repeats it.
"""

from __future__ import annotations

import os
import random
import traceback
from pathlib import Path

from tests.security.hostile import KINDS, Ground
from tests.trees import differences
from wisp.errors import WispError

CASES = int(os.environ.get("WISP_HOSTILE_CASES", "200"))
FIRST = int(os.environ.get("WISP_HOSTILE_SEED", "0"))


def test_nothing_outside_changes_and_no_failure_is_a_bug(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "ground")
    faults: list[str] = []
    for number in range(FIRST, FIRST + CASES):
        rng = random.Random(number)
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        try:
            kind(rng, ground)
        except WispError:
            pass
        except Exception:
            faults.append(f"{kind.__name__} {number}: {traceback.format_exc(limit=-3)}")
        changed = differences(ground.before, ground.picture())
        assert not changed, f"{kind.__name__} {number} changed {changed}"
        ground.clear()
    assert not faults, "\n".join(faults)
