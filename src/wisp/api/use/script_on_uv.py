"""A script that needs nothing of conda, where no channel can be reached: uv runs it.

A block without `[tool.pixi]` asks for a Python and for PyPI packages, which an interpreter of the
machine and uv can provide (PEP 723 is all that uv has to read). Nothing is locked that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.engine.process import hand_over
from wisp.engine.uv import UvError
from wisp.engine.uv_options import index_options
from wisp.errors import FetchError
from wisp.foreign import toml_data
from wisp.manifest.notebook import SUFFIX as NOTEBOOK
from wisp.manifest.script_block import block_source, find_block
from wisp.specs.pypi import PypiOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.run_options import RunOptions


def may_run_on_uv(workspace: OpenedWorkspace, options: RunOptions) -> bool:
    """Tell whether a script would be the same without conda: it names none of it, and no lock."""
    fixed = options.usage.lock_is_fixed or options.usage.no_install or options.dry
    if fixed or workspace.places.lock.exists():
        return False
    block = find_block(block_source(workspace.manifest.text))
    if block is None:
        return False
    # Of a notebook uv is told what it needs; what `[tool.uv]` says of that would be lost.
    foreign = ("pixi", "uv") if _is_notebook(workspace) else ("pixi",)
    return not any(tool in toml_data(block.text).get("tool", {}) for tool in foreign)


def run_on_uv(
    workspace: OpenedWorkspace, words: Sequence[str], arguments: Sequence[str], error: FetchError
) -> int:
    """Run a script on a Python of this machine, and return its exit code.

    `words` are what Python is called with: the file, or for a notebook what runs its cells.
    Raises the `error` for which conda is left out where there is no such Python.
    """
    uv = workspace.session.uv
    wanted, running = _asked(workspace, words)
    try:
        found = uv.run(["python", "find", *wanted]).stdout.strip()
    except UvError as missing:
        raise FetchError(
            error.message,
            causes=[*error.causes, "no Python of this machine will do either", missing.message],
            hints=error.hints,
        ) from error
    workspace.reporter.warn(
        "no conda channel can be reached; the script asks for PyPI packages only, and runs on "
        f"{found}"
    )
    indexes = index_options(PypiOptions(), Path(workspace.root), uv.default_index)
    # The Python is named: the script has the whole `PATH`, and uv would look for one there.
    named = ["run", "--quiet", "--no-project", "--python", found, *indexes]
    with uv.command(named, [*running, *arguments]) as call:
        workspace.reporter.hand_over()
        environ = {**workspace.session.environ, **call.variables}
        code = hand_over(call.arguments, environ=environ, starts_theirs=True)
    return 128 - code if code < 0 else code


def _asked(workspace: OpenedWorkspace, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return how uv is asked for the Python of a script, and how to run it."""
    if not _is_notebook(workspace):
        return ["--script", *words], ["--script", *words]
    block = find_block(block_source(workspace.manifest.text))
    asked = toml_data(block.text) if block is not None else {}
    python = str(asked.get("requires-python", ">=3"))
    needs = [word for one in asked.get("dependencies", ()) for word in ("--with", str(one))]
    return ["--no-project", "--system", python], [*needs, "python", *words]


def _is_notebook(workspace: OpenedWorkspace) -> bool:
    return workspace.manifest.path.suffix == NOTEBOOK
