"""What `import wisp` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wisp


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
