"""What tests of this folder need of the machine; without it they skip and say so."""

from __future__ import annotations

import os
import shutil

import pytest


def need(*commands: str) -> None:
    """Skip the test unless all these commands are there."""
    missing = [name for name in commands if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def need_root() -> None:
    """Skip the test unless it may act as other users."""
    if os.geteuid() != 0:
        pytest.skip("has to be root")
