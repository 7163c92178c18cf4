"""A Python program makes environments of specs, without any manifest, and uses them again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox import Home
from tools.forge.serve import Server

pytestmark = pytest.mark.slow

PROGRAM = """
import os, pathlib, subprocess, sys
from wisp.api.context import SessionContext
from wisp.api.spec_environments import SpecRequest, environment_from_specs
from wisp.config.model import ConfigRequest
from wisp.specs.pypi import PypiOptions

server, prefix = sys.argv[1], pathlib.Path(sys.argv[2])
session = SessionContext.of(ConfigRequest(environ=os.environ))
request = SpecRequest(
    specs=("python", "click>=8.1"),
    pypi=("six",),
    channels=(f"{server}/main",),
    pypi_options=PypiOptions(index_url=f"{server}/simple"),
)
made = environment_from_specs(session, request, prefix)
names = {record.name for record in made.records}
assert {"python", "click", "six"} <= names, names
subprocess.run([prefix / "bin" / "python", "-c", "import six"], check=True)
print(made.reused)
"""


def test_conda_and_pypi_specs_become_an_environment_that_is_used_again(
    home: Home, forge_server: Server, tmp_path: Path
) -> None:
    def run() -> str:
        words = [sys.executable, "-c", PROGRAM, forge_server.url, str(tmp_path / "prefix")]
        done = subprocess.run(
            words, env=home.variables, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert (run(), run()) == ("False", "True")
