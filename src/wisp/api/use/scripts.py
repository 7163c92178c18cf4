"""Scripts that bring their own requirements: found, fetched, run.

A script is a workspace with one environment, which lies in the cache rather than beside it. What
comes from the web or through stdin stays in a folder for temporary files while it runs, and never
has a lock file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from string import ascii_letters, digits
from urllib.parse import unquote, urlsplit

from wisp.api.context import SessionContext
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.errors import FetchError, LockFileError, ManifestError, TaskError
from wisp.foreign import json_data
from wisp.layout import DEFAULT_ENVIRONMENT, SCRIPT_SUFFIXES
from wisp.manifest.notebook import SUFFIX as NOTEBOOK
from wisp.manifest.notebook import is_notebook
from wisp.manifest.script_block import OPENING, block_source, opens_conda_block
from wisp.trust import LARGEST, found_text
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.run_options import RunOptions
    from wisp.engine.http import HttpClient

STDIN = "-"
#: IPython runs the cells of a notebook, magic words and all, and prints what they print.
_RUN_NOTEBOOK = """\
import sys
try:
    import nbformat
    from IPython import start_ipython
except ImportError as error:
    sys.exit(f"error: to run a notebook its environment needs `{error.name}`: " + MENDING)
sys.stdout.reconfigure(line_buffering=True)
words = ["--no-banner", "--HistoryManager.enabled=False"]
words += [] if sys.stdout.isatty() else ["--colors=NoColor"]
sys.exit(start_ipython([*words, "--", *sys.argv[1:]]))
"""
#: The largest file that is looked at for a block though its name says nothing of one.
_LARGEST_SCRIPT = 1 << 20
#: What the ending of a file's name is made of.
_PLAIN = frozenset("." + ascii_letters + digits)
_GISTS = "gist.github.com"
_GIST_API = "https://api.github.com/gists/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScript:
    """A script that can be read.

    `path` holds its text, `words` are what Python is called with, if it is Python's. `origin` says
    where a script comes from that is no file of the user's.
    """

    path: Path
    words: tuple[str, ...]
    origin: str | None = None


@contextmanager
def found_script(
    word: str,
    cwd: Path,
    session: SessionContext,
    stdin: Callable[[], str],
    usage: LockUsage = AS_NEEDED,
) -> Iterator[FoundScript]:
    """Find the script that a word means: a file, an http(s) URL, or `-` for stdin.

    The web is reached by the session. A copy is gone when the body ends. Who has the lock file used
    as it is (`usage`) cannot run such a copy, which has none.
    Raises `FetchError` for what the web does not give, `ManifestError` for what is no script.
    """
    if word != STDIN and not is_web_address(word):
        yield FoundScript(path=cwd / word, words=(word,))
        return
    if usage.lock_is_fixed:
        option = "--locked" if usage.locked else "--frozen"
        raise LockFileError(
            f"transient scripts cannot be run with `{option}` because they do not have an adjacent "
            "lock file"
        )
    with tempfile.TemporaryDirectory(prefix="wisp-script-") as folder:
        name, text = ("stdin", stdin()) if word == STDIN else _download(word, session)
        is_conda = opens_conda_block(text)
        if not is_conda and OPENING not in text:
            shown = "stdin" if word == STDIN else f"`{word}`"
            kind = "script" if session.config.conda_scripts else "PEP 723"
            raise ManifestError(f"{shown} does not contain a {kind} metadata block")
        path = Path(folder, _file_name(name, text))
        path.write_text(text, encoding="utf-8", newline="")
        if word == STDIN and path.suffix != NOTEBOOK and not is_conda:
            yield FoundScript(path=path, words=("-c", text), origin=text)
        else:
            origin = text if word == STDIN else word
            yield FoundScript(path=path, words=(str(path),), origin=origin)


def is_script(path: Path, *, conda_scripts: bool) -> bool:
    """Whether a file brings its own requirements: one of Python, or any where that is on."""
    is_python = path.suffix in SCRIPT_SUFFIXES
    if not is_python and not conda_scripts:
        return False
    try:
        text = found_text(path, LARGEST if is_python else _LARGEST_SCRIPT)
    except (OSError, UnicodeDecodeError):
        return False
    if conda_scripts and opens_conda_block(text):
        return True
    return is_python and OPENING in block_source(text).splitlines()


def run_script(
    workspace: OpenedWorkspace, script: FoundScript, arguments: Sequence[str], options: RunOptions
) -> int:
    """Run a script in its own environment, with Python or as it says; return its exit code.

    Raises `TaskError` for options that mean nothing here, and what `wisp.api.use.running.run_words`
    raises.
    """
    from wisp.api.use.running import run_words

    for wrong, name in (
        (options.environment is not None, "--environment"),
        (options.skip_dependencies, "--skip-deps"),
    ):
        if wrong:
            raise TaskError(f"a script does not support `{name}`")
    alone = replace(
        options,
        environment=DEFAULT_ENVIRONMENT,
        executable=True,
        remember=False,
        replace=options.replace and script.origin is None,
    )
    if workspace.manifest.entrypoint is not None:
        from wisp.api.use.conda_scripts import run_entrypoint

        return run_entrypoint(workspace, script.path, arguments, alone)
    how = ("-c", _notebook_code(script)) if script.path.suffix == NOTEBOOK else ()
    try:
        return run_words(workspace, ["python", *how, *script.words, *arguments], alone)
    except FetchError as error:
        from wisp.api.use.script_on_uv import may_run_on_uv, run_on_uv

        if not may_run_on_uv(workspace, options):
            raise
        called = (*how, *script.words) if how else (str(script.path),)
        return run_on_uv(workspace, called, arguments, error)


def _notebook_code(script: FoundScript) -> str:
    """Return what Python runs for a notebook; it tells what to do where IPython is missing."""
    mending = f"add it by `wisp add --script {script.words[0]} --pypi ipython nbformat`"
    if script.origin is not None:
        mending = "name `ipython` and `nbformat` among the `dependencies` of its block"
    return f"MENDING = {mending!r}\n{_RUN_NOTEBOOK}"


def is_web_address(word: str) -> bool:
    """Whether a word names something on the web."""
    return word.startswith(("http://", "https://"))


def _download(url: str, session: SessionContext) -> tuple[str, str]:
    """Fetch a script: the path it has there, and its text."""
    http = session.http
    gist = gist_of(url)
    if gist is None:
        return urlsplit(url).path, _text(url, http)
    try:
        answer = json_data(_text(_GIST_API + gist, http))
    except ValueError as error:
        raise FetchError(f"`{url}` is no gist", causes=[str(error)]) from error
    name, address = script_of_gist(answer, url)
    return name, _text(address, http)


def _text(url: str, http: HttpClient) -> str:
    answer = http.get(url)
    if answer.status != 200:
        told = f"{answer.status} {_phrase(answer.status)}".rstrip()
        raise FetchError(f"failed to download remote script from {url}: server returned {told}")
    try:
        return answer.body.decode()
    except UnicodeDecodeError as error:
        raise FetchError(f"`{url}` is not UTF-8 text", causes=[str(error)]) from error


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def gist_of(url: str) -> str | None:
    """Return the name that a gist's page has in the interface for programs; None for others."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name]
    if parts.hostname != _GISTS or len(names) != 2:
        return None
    return names[1]


def script_of_gist(answer: Any, url: str) -> tuple[str, str]:
    """Choose the Python file of a gist, or its only one: its name, and where its text is.

    Raises `FetchError` unless there is exactly one.
    """
    rows = answer.get("files", {}) if isinstance(answer, dict) else {}
    rows = rows.items() if isinstance(rows, dict) else ()
    files = [
        (name, row["raw_url"])
        for name, row in rows
        if isinstance(row, dict) and isinstance(row.get("raw_url"), str)
    ]
    scripts = [one for one in files if one[0].endswith((".py", NOTEBOOK))]
    if not scripts and len(files) == 1:
        scripts = files
    if len(scripts) != 1:
        raise FetchError(
            f"the gist `{url}` has {len(scripts)} Python files instead of one",
            hints=("name the raw URL of the file that is meant",) if scripts else (),
        )
    return scripts[0]


def _file_name(path: str, text: str) -> str:
    """Make a plain file name of a path: it ends as the language of the script wants it."""
    name = PurePosixPath(unquote(path)).name
    ending = ".py"
    if is_notebook(text):
        ending = NOTEBOOK
    elif opens_conda_block(text):
        ending = PurePosixPath(name).suffix
    stem = name.removesuffix(ending).removesuffix(".py").removesuffix(NOTEBOOK)
    plain = "".join(char if char.isalnum() or char in "-_" else "-" for char in stem)
    return (plain.strip("-") or "script") + "".join(char for char in ending if char in _PLAIN)
