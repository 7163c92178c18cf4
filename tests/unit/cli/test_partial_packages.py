from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_HEAD = """
import sys
from wisp.cli.partial_packages import RATTLER, load_in_parts
load_in_parts(RATTLER)
"""


def _said(program: str) -> str:
    command = [sys.executable, "-I", "-c", _HEAD + program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "costly", ["dataclasses", "inspect", "asyncio", "rattler.repo_data.sparse"]
)
def test_an_installation_does_without_most_of_the_library(costly: str) -> None:
    assert _said(f"import wisp.engine.installer; print({costly!r} in sys.modules)") == "False\n"


@pytest.mark.parametrize(
    "costly", ["dataclasses", "inspect", "asyncio", "rattler.repo_data.gateway"]
)
def test_a_solve_does_without_the_classes_around_the_gateway(costly: str) -> None:
    program = "import wisp.api.locks.relocking; import wisp.engine.native_gateway"
    assert _said(f"{program}; print({costly!r} in sys.modules)") == "False\n"


def test_each_module_can_be_the_first() -> None:
    """In a process of its own each, forked since there are a hundred."""
    program = """
import os
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
folder = Path(PathFinder.find_spec("rattler").origin).parent
for file in sorted(folder.rglob("*.py")):
    name = ".".join(file.relative_to(folder.parent).with_suffix("").parts)
    if os.fork() == 0:
        try:
            import_module(name.removesuffix(".__init__"))
        except ModuleNotFoundError:
            pass  # what is optional
        except ImportError as error:
            print(name, error)
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.wait()
"""
    assert _said(program) == ""


def test_a_package_has_all_its_names_when_they_are_asked() -> None:
    program = """
import rattler
from importlib import import_module
names = import_module("rattler.__init__").__all__
print(all(hasattr(rattler, name) for name in names), hasattr(rattler, "nothing"))
from rattler import Gateway
from rattler.repo_data.gateway import Gateway as same
print(Gateway is same)
"""
    assert _said(program) == "True False\nTrue\n"


def test_other_packages_are_loaded_as_ever() -> None:
    assert _said("import json; print(json.loads('1'))") == "1\n"


def test_what_the_standard_library_seldom_needs_comes_when_it_is_needed() -> None:
    program = """
from pathlib import PureWindowsPath
from urllib.parse import urlsplit
print(hasattr(sys.modules["ipaddress"], "_late"), urlsplit("http://a.example/b").hostname)
print(urlsplit("http://[::1]:8080/").hostname, PureWindowsPath("c:/a") / "b")
import ipaddress, ntpath
print(ipaddress.ip_address("::1").is_loopback, ntpath.basename("c:\\\\a"), hasattr(ntpath, "no"))
"""
    said = "True a.example\n::1 c:\\a\\b\nTrue a False\n"
    assert _said(program) == said


def test_all_names_can_be_taken_at_once() -> None:
    program = """
from ntpath import *
print(basename("c:\\\\a"))
from rattler import *
print(MatchSpec("a").name.normalized)
"""
    assert _said(program) == "a\na\n"


def test_a_module_that_cannot_run_says_why_each_time(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise ValueError('no')")
    program = f"""
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from wisp.cli.partial_packages import _Late
late = _Late(SourceFileLoader("broken", {str(tmp_path / "broken.py")!r}))
module = module_from_spec(spec_from_loader("broken", late))
late.exec_module(module)
for name in ("a", "a", "__all__"):
    try:
        getattr(module, name)
    except ValueError as error:
        print(error)
"""
    assert _said(program) == "no\n" * 3
