"""A Python program that makes an environment of specs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.sandbox import Home
from tools.forge.serve import Server

PROGRAM = """
import pathlib, subprocess, sys
from wisp import PypiOptions, Session, SpecRequest

server, prefix = sys.argv[1], pathlib.Path(sys.argv[2])
request = SpecRequest(
    specs=["python", "click>=8.1"],
    pypi=["six"],
    channels=[f"{server}/main"],
    pypi_options=PypiOptions(index_url=f"{server}/simple"),
)
made = Session.open().environment(request, prefix)
names = {record.name for record in made.records}
assert {"python", "click", "six"} <= names, names
subprocess.run([prefix / "bin" / "python", "-c", "import click, six"], check=True)
print(made.reused)
"""


def started(home: Home, server: Server, prefix: Path) -> subprocess.Popen[str]:
    """Start the program in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, server.url, str(prefix)],
        env=home.variables,
        cwd=home.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(home: Home, server: Server, prefix: Path) -> str:
    """Run the program to its end; return what it says."""
    process = started(home, server, prefix)
    said, errors = process.communicate()
    assert process.returncode == 0, errors
    return said.strip()
