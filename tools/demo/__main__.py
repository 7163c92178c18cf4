"""`make demo`: what needs no workspace, then from an empty folder to a task that runs.

Conda packages come from the forge's channel on this disk, PyPI packages from the package index. The
home and all caches are new, so every step is what a first user meets.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools.demo.picture import draw
from tools.forge.build import DEFAULT_CACHE, Forge, build
from tools.forge.layouts import ForgeError

WISP = Path(sys.executable).with_name("wisp")
PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")
PROGRAM = """\
import platform
from importlib.metadata import version

import click
import numpy

click.echo(f"numpy {numpy.__version__} from conda: the sum is {numpy.arange(6).sum()}")
click.echo(f"click {version('click')} from PyPI, on Python {platform.python_version()}")
"""


SCRIPT = """\
# /// script
# requires-python = ">=3.11"
# dependencies = ["click"]
# ///
import click

click.secho("click is here, and nobody had to install it", fg="green")
"""


class DemoError(Exception):
    """A step did not do what the demo promises."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command line, what it is for, and whether it belongs into the picture.

    `program` is looked for on the PATH of the new user, which has nothing but wisp's tools.
    """

    title: str
    arguments: tuple[str, ...]
    drawn: bool = True
    program: str = "wisp"

    @property
    def line(self) -> str:
        """What a person would type."""
        return shlex.join([self.program, *self.arguments])


@dataclass(frozen=True, slots=True)
class Played:
    """A step that succeeded: what it said, and how many seconds it took."""

    step: Step
    said: str
    seconds: float


def anywhere() -> list[Step]:
    """List what needs no workspace: a command once, a script, a tool that stays."""
    return [
        Step("run a command once", ("exec", "jq", "--version")),
        Step("read a script", ("script.py",), program="cat"),
        Step("run it", ("run", "script.py")),
        Step("install a tool", ("global", "install", "jq")),
        Step("call it", ("--version",), program="jq"),
        Step("run the command again", ("exec", "jq", "--version"), drawn=False),
    ]


def steps(forge: Forge) -> list[Step]:
    """List the session in a workspace: init, platforms, dependencies, task, lock, install, run."""
    others = [name for name in PLATFORMS if name != forge.subdir]
    python = f"python={forge.minor}"
    add = ("add", "--no-install")
    init = ("init", ".", "--channel", forge.url, "--platform", forge.subdir)
    shown = ("list", "--explicit", "--fields", "name,version,size,kind")
    return [
        # What `init` says names this machine's folders.
        Step("start a workspace", init, drawn=False),
        Step("support more platforms", ("workspace", "platform", "add", "--no-install", *others)),
        Step("solve for conda packages", (*add, python, "numpy>=1.26")),
        Step("resolve a PyPI package", (*add, "--pypi", "click>=8.1")),
        Step("add a task", ("task", "add", "hello", "python hello.py")),
        Step("lock what is left", ("lock",), drawn=False),
        Step("install this platform", ("install",)),
        Step("look at it", shown),
        Step("run the task", ("run", "hello")),
        Step("run it again", ("run", "hello"), drawn=False),
    ]


def main() -> int:
    """Play the session in a scratch folder and print what each step took."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__, allow_abbrev=False)
    parser.add_argument("--keep", type=Path, help="play in this folder and leave it there")
    parser.add_argument("--pictures", type=Path, help="draw the sessions into this folder")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="wisp-demo-") as scratch:
            folder = options.keep or Path(scratch) / "demo"
            folder.mkdir(parents=True)
            sessions = _play(folder.resolve(), in_colour=options.pictures is not None)
    except (DemoError, ForgeError) as error:
        print(f"\nthe demo failed: {error}", file=sys.stderr)
        return 1
    if options.pictures:
        for name, played in sessions.items():
            lines = [(one.step.line, one.said) for one in played if one.step.drawn]
            draw(lines, options.pictures / f"{name}.svg")
    return 0


def _play(scratch: Path, *, in_colour: bool) -> dict[str, list[Played]]:
    start = time.monotonic()
    forge = build(Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE)))
    channels = time.monotonic() - start
    workspace = scratch / "hello"
    workspace.mkdir()
    (workspace / "hello.py").write_text(PROGRAM)
    variables = _variables(scratch / "home", forge)
    (scratch / "home/script.py").write_text(SCRIPT)
    if in_colour:
        variables |= {"FORCE_COLOR": "1"}
    first = [_run(step, scratch / "home", variables) for step in anywhere()]
    played = [_run(step, workspace, variables) for step in steps(forge)]
    _check_lock(workspace / "pixi.lock")
    print("\nthe manifest that this wrote:\n")
    print(_indented((workspace / "pixi.toml").read_text()))
    print(f"\npixi.lock holds {', '.join(PLATFORMS)}.\n")
    times = [("build local channels", channels)]
    times += [(one.step.title, one.seconds) for one in (*first, *played)]
    for title, seconds in [*times, ("all in all", time.monotonic() - start)]:
        print(f"  {title:24} {seconds:7.2f} s")
    return {"demo": first, "workspace": played}


def _variables(home: Path, forge: Forge) -> dict[str, str]:
    """Give the environment of a new user; what is set about certificates and proxies stays.

    The channel that is asked where nothing else is said is the forge's.
    """
    passed_on = ("SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy")
    configuration = home / ".config/pixi/config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f'default-channels = ["{forge.url}"]\n')
    programs = f"{home / '.pixi/bin'}{os.pathsep}{os.defpath}"
    known = {name: os.environ[name] for name in passed_on if name in os.environ}
    return known | {"HOME": str(home), "PATH": programs, "LANG": "C.UTF-8"}


def _run(step: Step, workspace: Path, variables: dict[str, str]) -> Played:
    print(f"\n$ {step.line}", flush=True)
    start = time.monotonic()
    found = shutil.which(step.program, path=variables["PATH"])
    program = WISP if step.program == "wisp" else found
    if program is None:
        raise DemoError(f"`{step.program}` is not on the PATH")
    done = subprocess.run(
        [program, *step.arguments],
        cwd=workspace,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    print(_indented(done.stdout), flush=True)
    if done.returncode:
        raise DemoError(f"`{step.line}` ended with {done.returncode}")
    return Played(step, done.stdout, seconds)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())


def _check_lock(lock: Path) -> None:
    """Fail unless the lock has packages for every platform."""
    text = lock.read_text()
    missing = [name for name in PLATFORMS if f"\n      {name}:\n" not in text]
    if missing:
        raise DemoError(f"pixi.lock lacks {', '.join(missing)}")
    if "\n- pypi: " not in text:
        raise DemoError("pixi.lock has no PyPI package")


if __name__ == "__main__":
    sys.exit(main())
