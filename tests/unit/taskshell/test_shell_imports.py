"""The shell is loaded by the fastest commands: what it may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import wisp.taskshell
from wisp.taskshell.builtins import NAMES

FORBIDDEN = (
    *("dataclasses", "typing", "re", "pathlib", "subprocess", "enum", "json", "glob"),
    *("threading", "shutil", "asyncio", "argparse", "functools", "signal"),
)
FOLDER = Path(wisp.taskshell.__file__).parent
MODULES = sorted(
    ".".join(("wisp.taskshell", *path.relative_to(FOLDER).with_suffix("").parts))
    for path in FOLDER.rglob("*.py")
    if path.name != "__init__.py"
)


def fresh(code: str) -> list[str]:
    """Run code in a new interpreter without `site` and give the lines it printed."""
    source = f"import sys; sys.path.insert(0, {str(FOLDER.parents[1])!r})\n{code}"
    command = [sys.executable, "-S", "-c", source]
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout.split()


def test_no_module_of_the_shell_loads_anything_slow() -> None:
    imports = "\n".join(f"import {module}" for module in MODULES)
    loaded = fresh(f"{imports}\nprint(*sys.modules, sep='\\n')")
    assert set(MODULES) <= set(loaded)
    assert set(FORBIDDEN) & set(loaded) == set()


def test_the_shell_knows_nothing_of_wisp_but_its_errors_and_what_terminals_obey() -> None:
    imports = "\n".join(f"import {module}" for module in MODULES)
    loaded = fresh(f"{imports}\nprint(*sys.modules, sep='\\n')")
    of_wisp = {name for name in loaded if name.partition(".")[0] == "wisp"}
    assert of_wisp - {"wisp", "wisp.errors", "wisp.printable"} == {
        name for name in of_wisp if name.startswith("wisp.taskshell")
    }


def test_a_script_with_threads_and_processes_loads_nothing_slow_either() -> None:
    script = "echo $(echo a) | cat | (cat; true) & mkdir -p . && head -n 1 < /dev/null; sleep 0"
    loaded = fresh(
        "import os\nfrom wisp.taskshell.parser import parse\n"
        "from wisp.taskshell.shell import Shell\n"
        f"Shell(os.getcwd(), {{'PATH': '/usr/bin:/bin'}}, stdout=2).run(parse({script!r}))\n"
        "print(*sys.modules, sep='\\n')"
    )
    assert set(FORBIDDEN) & set(loaded) == set()


def test_every_builtin_has_its_function() -> None:
    from wisp.taskshell.builtins import find

    assert all(callable(find(name)) for name in NAMES)
