from __future__ import annotations

from wisp.api.elsewhere import hints_for_held
from wisp.errors import SolveError

SAID = (
    "Because only six<1.16 is available and you require six>=1.16, we can conclude that your "
    "requirements are unsatisfiable."
)


def test_what_conda_holds_is_named_with_its_version_if_the_failure_is_about_it() -> None:
    error = SolveError("failed to resolve pypi dependencies", causes=[SAID])
    held = {"six": "1.15.0", "ix": "1.0", "available": "1.0", "numpy": "2.0"}
    assert hints_for_held(held, error) == (
        "'six' is pinned to 1.15.0 by the conda solve: ask conda for another version",
    )
