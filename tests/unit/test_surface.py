"""What `import wisp` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wisp
from tests.unit.lock.samples import conda, lock_of
from wisp.lock.views import difference


@pytest.mark.parametrize("name", wisp.__all__)
def test_every_name_of_the_surface_is_there(name: str) -> None:
    assert getattr(wisp, name) is not None


def test_other_names_are_refused_as_modules_do() -> None:
    with pytest.raises(AttributeError, match="module 'wisp' has no attribute 'Project'"):
        _ = wisp.Project


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; old = set(sys.modules); import wisp; print(*sorted(set(sys.modules) - old))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("__future__ wisp\n", "")


def test_all_values_of_the_surface_have_reprs_of_their_own() -> None:
    for name in wisp.__all__:
        exported = getattr(wisp, name)
        if isinstance(exported, type) and exported is not wisp.Reporter:
            assert not str(exported.__repr__).endswith("of 'object' objects>"), name


def test_reprs_of_results_are_short_whatever_they_hold() -> None:
    record = conda("python", "3.14.7", "100", *(f"needs{number}" for number in range(500)))
    lock = lock_of(*(record for _ in range(500)))
    results = (
        lock,
        record,
        wisp.Completed(0, "x" * 10_000, ""),
        wisp.InstallReport(outcomes={}, lock=lock),
        difference(None, lock),
    )
    for result in results:
        assert len(repr(result)) < 2_000, type(result)
        assert type(result).__name__ in repr(result)
