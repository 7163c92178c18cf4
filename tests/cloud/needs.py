"""What tests of this folder need of the machine; without it they skip and say so."""

from __future__ import annotations

import os
import shutil
import subprocess

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


#: How containers say that the machine does not let them be.
_FORBIDDEN = ("operation not permitted", "permission denied", "read-only file system", "cgroup")


def need_containers() -> None:
    """Skip the test unless this machine lets a process have a root file system of its own."""
    need("unshare")
    need_root()
    words = ["unshare", "--mount", "--pid", "--fork", "--propagation", "private", "true"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no containers may be made here: {done.stderr.strip()}")


def skip_if_forbidden(program: str, said: str) -> None:
    """Skip the test if a program was refused by the machine, not by what it was given."""
    if any(words in said.lower() for words in _FORBIDDEN):
        pytest.skip(f"{program} may not do its work here: {said.strip()[-300:]}")


def skip_if_unreachable(said: str) -> None:
    """Skip the test if what it needs of the network does not answer."""
    if "could not fetch" in said or "Failed to fetch" in said:
        pytest.skip(f"no mirror answers: {said.strip()[-300:]}")
