"""How this wisp was installed, and the command of that tool which installs another version.

Told by what each tool leaves beside the program: `uv-receipt.toml` (uv tool), `pipx_metadata.json`
(pipx), a record below `conda-meta` (conda, Pixi); else it was pip, or `uv pip`. A `direct_url.json`
(PEP 610) says that it is no release; `EXTERNALLY-MANAGED` (PEP 668) that the system owns it.
"""

from __future__ import annotations

import shlex
import sys
import sysconfig
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from wisp.engine.process import found_program
from wisp.engine.tool_tls import ToolTrust
from wisp.errors import HostError
from wisp.foreign import json_data, toml_data
from wisp.layout import CONDA_META, DISTRIBUTION
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Tool = Literal["uv tool", "pipx", "pip"]

_NO_WORDS = ToolTrust()


@dataclass(frozen=True, slots=True)
class UpdateCommand:
    """The words that install another version, by which tool, with which variables besides."""

    tool: Tool
    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


def update_command(
    uv: str,
    environ: Mapping[str, str],
    version: str,
    *,
    named: bool = False,
    index: str | None = None,
    trust: ToolTrust = _NO_WORDS,
    prefix: Path | None = None,
) -> UpdateCommand:
    """Return how the tool that installed this wisp installs a version.

    Unless it is `named`, the version is the newest, which a tool may find by itself. `uv` is used
    where the user has none; `index` is asked beside those that the tool knows, and `trust` says
    whose certificates count. `prefix` is where the program is installed, this one unless given.
    Raises `HostError`, with what to do instead, where no tool could do it for us.
    """
    home = prefix or Path(sys.prefix)
    wanted = f"{DISTRIBUTION}=={version}"
    found = found_program("uv", environ) or uv
    if (home / "uv-receipt.toml").is_file():
        more = (*(("--index", index) if index else ()), *trust.uv)
        return _with(trust.variables, _by_uv_tool(found, home, wanted, more, named=named))
    more = ("--extra-index-url", index) if index else ()
    if (home / "pipx_metadata.json").is_file():
        more = (*more, *trust.pip)
        return _by_pipx(home, wanted if named else DISTRIBUTION, more, environ, named=named)
    _refuse_others(home)
    if find_spec("pip") is not None:
        # Who copies the command from `--dry-run` may stand among a stranger's modules.
        python = (sys.executable, "-P", "-m", "pip")
        words = (*python, "install", "--upgrade", *more, *trust.pip, wanted)
        return UpdateCommand("pip", words)
    ours = ("--python", sys.executable)
    words = (found, "pip", "install", *ours, "--upgrade", *more, *trust.uv, wanted)
    return UpdateCommand("pip", words, trust.variables)


def _with(variables: Mapping[str, str], command: UpdateCommand) -> UpdateCommand:
    return replace(command, variables={**command.variables, **variables})


def _by_uv_tool(
    uv: str, home: Path, wanted: str, more: tuple[str, ...], *, named: bool
) -> UpdateCommand:
    """Let uv upgrade its tool; one that is held to a version, or shall be, is installed anew."""
    text = (home / "uv-receipt.toml").read_text(encoding="utf-8")
    receipt: dict[str, Any] = toml_data(text).get("tool", {})
    variables = {"UV_TOOL_DIR": str(home.parent)}
    points = receipt.get("entrypoints", ())
    if points and "install-path" in points[0]:
        variables["UV_TOOL_BIN_DIR"] = str(Path(points[0]["install-path"]).parent)
    requirements = receipt.get("requirements", ())
    own = [row for row in requirements if row.get("name") == DISTRIBUTION]
    if not named and not any("specifier" in row for row in own):
        return UpdateCommand("uv tool", (uv, "tool", "upgrade", *more, DISTRIBUTION), variables)
    kept = ("--python", str(receipt["python"])) if "python" in receipt else ()
    beside = [row["name"] + row.get("specifier", "") for row in requirements if row not in own]
    extra = [word for requirement in beside for word in ("--with", requirement)]
    words = (uv, "tool", "install", "--force", *kept, *extra, *more, wanted)
    return UpdateCommand("uv tool", words, variables)


def _by_pipx(
    home: Path,
    wanted: str,
    pip_options: tuple[str, ...],
    environ: Mapping[str, str],
    *,
    named: bool,
) -> UpdateCommand:
    pipx = found_program("pipx", environ)
    if pipx is None:
        raise HostError(
            "wisp was installed by pipx, which is not on the PATH",
            hints=(f"run `pipx upgrade {DISTRIBUTION}` where it is",),
        )
    more = (f"--pip-args={shlex.join(pip_options)}",) if pip_options else ()
    deed = ("install", "--force") if named else ("upgrade",)
    return UpdateCommand("pipx", (pipx, *deed, *more, wanted), _pipx_home(home))


def _pipx_home(home: Path) -> dict[str, str]:
    """Say where pipx keeps its tools, as the folder of this one tells."""
    return {"PIPX_HOME": str(home.parent.parent)} if home.parent.name == "venvs" else {}


def _refuse_others(home: Path) -> None:
    """Raise `HostError` where wisp is not a release that pip could replace."""
    if any((home / CONDA_META).glob(f"{DISTRIBUTION}-*.json")):
        raise HostError(
            "wisp was installed as a conda package",
            hints=(f"update it there, as by `conda update {DISTRIBUTION}`",),
        )
    origin = direct_origin()
    if origin is not None:
        raise HostError(
            f"wisp was installed from {origin}, not from a release",
            hints=("update it there, and install it again",),
        )
    if (Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED").is_file() and (
        sys.prefix == sys.base_prefix
    ):
        raise HostError(
            "wisp belongs to the Python of the system",
            hints=("update it with the package manager of the system",),
        )


def direct_origin() -> str | None:
    """Return the address that wisp was installed from, None for a release of an index (PEP 610)."""
    try:
        text = distribution(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return str(Path(__file__).parents[2])
    return None if text is None else str(json_data(text).get("url", "elsewhere"))
