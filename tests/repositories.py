"""git for tests: the machine's own, without the settings of whoever runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_VARIABLES = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and give what it prints. Raises `CalledProcessError` if it fails."""
    command = ["git", "-c", "init.defaultBranch=main", *words]
    done = subprocess.run(
        command, cwd=folder, env=_VARIABLES, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
