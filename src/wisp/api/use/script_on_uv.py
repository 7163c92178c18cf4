"""A script that needs nothing of conda, where no channel can be reached: uv runs it.

A block without `[tool.pixi]` asks for a Python and for PyPI packages, which an interpreter of the
machine and uv can provide (PEP 723 is all that uv has to read). Nothing is locked that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wisp.engine.process import hand_over
from wisp.engine.uv import UvError
from wisp.engine.uv_options import index_options
from wisp.errors import FetchError
from wisp.foreign import toml_data
from wisp.manifest.notebook import SUFFIX as NOTEBOOK
from wisp.manifest.script import find_block
from wisp.specs.pypi import PypiOptions

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.run_options import RunOptions


def may_run_on_uv(workspace: OpenedWorkspace, options: RunOptions) -> bool:
    """Tell whether a script would be the same without conda: it names none of it, and no lock."""
    if workspace.manifest.path.suffix == NOTEBOOK:
        return False
    fixed = options.usage.lock_is_fixed or options.usage.no_install or options.dry
    if fixed or workspace.places.lock.exists():
        return False
    block = find_block(workspace.manifest.text)
    return block is not None and "pixi" not in toml_data(block.text).get("tool", {})


def run_on_uv(
    workspace: OpenedWorkspace, script: Path, arguments: Sequence[str], error: FetchError
) -> int:
    """Run a script on a Python of this machine, and return its exit code.

    Raises the `error` for which conda is left out where there is no such Python.
    """
    uv = workspace.session.uv
    try:
        found = uv.run(["python", "find", "--script", str(script)])
    except UvError as missing:
        raise FetchError(
            error.message,
            causes=[*error.causes, "no Python of this machine will do either", missing.message],
            hints=error.hints,
        ) from error
    workspace.reporter.warn(
        "no conda channel can be reached; the script asks for PyPI packages only, and runs on "
        f"{found.stdout.strip()}"
    )
    indexes = index_options(PypiOptions(), Path(workspace.root), uv.default_index)
    words = ["run", "--quiet", "--no-project", *indexes]
    with uv.command(words, ["--script", str(script), *arguments]) as call:
        workspace.reporter.hand_over()
        environ = {**workspace.session.environ, **call.variables}
        code = hand_over(call.arguments, environ=environ)
    return 128 - code if code < 0 else code
