"""The fast lane of `exec`: a call that was made before, in an environment that is there.

What a former call found out is remembered like snapshots of workspaces are (`wisp.api.snapshot`):
in the user's cache, with the state of the configuration, the variables and the machine that it
came from. Whenever anything is in doubt the full program does the work.
"""

from __future__ import annotations

import os
import sys
import time

from wisp import trust
from wisp.api import snapshot
from wisp.errors import WispError
from wisp.layout import SNAPSHOTS_DIR, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, NoReturn

_VALUED = {
    "-s": "spec",
    "--spec": "spec",
    "-w": "with",
    "--with": "with",
    "--pypi": "pypi",
    "-c": "channel",
    "--channel": "channel",
    "-p": "platform",
    "--platform": "platform",
    "--exclude-newer": "exclude-newer",
    "--lock": "lock",
}
_FORMAT = 3
#: Python ignores these for itself; a program that takes our place must be able to die of them.
_SIGPIPE, _SIGXFSZ = 13, 25


class ExecQuestion:
    """A call of `exec`, but for the words that the command gets.

    `options` maps `spec`, `with`, `pypi`, `channel`, `platform`, `exclude-newer` and `lock` (a full
    path) to their values in order; `guess` is the command that a package is named like, empty where
    packages were named. Whether the lock may be written makes no other question: it fits.
    """

    __slots__ = ("guess", "options", "prompt")

    def __init__(self, options: Mapping[str, Sequence[str]], guess: str, *, prompt: bool) -> None:
        self.options = {name: tuple(values) for name, values in options.items() if values}
        self.guess = guess
        self.prompt = prompt

    @property
    def key(self) -> str:
        """A digest that only equal questions share: channels may have passwords in them."""
        asked = (tuple(sorted(self.options.items())), self.guess, self.prompt)
        return snapshot.digest_of(repr(asked).encode("utf-8", "surrogatepass"))

    @property
    def depends_on_folder(self) -> bool:
        """Whether a channel or a package is a path, which means another one elsewhere."""
        words = [word for values in self.options.values() for word in values]
        return any(
            word.startswith((".", "~")) or word.endswith(_ARCHIVES) or " @ " in word
            for word in words
        )


_ARCHIVES = (".conda", ".tar.bz2")


def answer(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Become the command, if that is possible at once; else return, having done nothing."""
    try:
        read = _read(words)
        if read is None:
            return
        question, command = read
        known = recall(question, environ)
        if known is None:
            return
        become(command, variables(known["prefix"], known["surroundings"], environ))
    except (WispError, OSError):
        return


def _read(words: Sequence[str]) -> tuple[ExecQuestion, Sequence[str]] | None:
    """Read options up to the command; None for others than the usual ones."""
    options: dict[str, list[str]] = {}
    prompt, index = True, 0
    while index < len(words) and words[index].startswith("-"):
        word = words[index]
        index += 1
        if word == "--":
            break
        if word == "--no-modify-ps1":
            prompt = False
            continue
        if word == "--locked":
            continue
        flag, has_value, value = word.partition("=") if word[:2] == "--" else (word, "", "")
        name = _VALUED.get(flag)
        if name is None:
            return None
        if not has_value:
            if index == len(words) or words[index].startswith("-"):
                return None
            value = words[index]
            index += 1
        options.setdefault(name, []).append(os.path.realpath(value) if name == "lock" else value)
    command = words[index:]
    if not command or ("spec" in options and "with" in options):
        return None
    guess = "" if "spec" in options or "pypi" in options else command[0]
    return ExecQuestion(options, guess, prompt=prompt), command


def variables(
    prefix: str, surroundings: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return all variables of a command in an environment. Raises `ActivationError`."""
    from wisp.activation.session import activate
    from wisp.activation.variables import Activation

    return {**activate(Activation(prefix), environ).applied_to(environ), **surroundings}


def become(command: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Run a command in place of this process. Raises `OSError` where it cannot be started."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by the caller
            stream.flush()
    if os.name == "nt":
        import subprocess

        os._exit(subprocess.run(list(command), env=dict(environ), check=False).returncode)
    # What `signal` wraps, without the cost of its enumerations.
    import _signal  # type: ignore[import-not-found]

    before = [(n, _signal.signal(n, _signal.SIG_DFL)) for n in (_SIGPIPE, _SIGXFSZ)]
    try:
        os.execvpe(command[0], list(command), dict(environ))
    finally:
        for number, handler in before:
            _signal.signal(number, handler)


# Memory


def recall(question: ExecQuestion, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what is known of a question; None if nothing that still holds."""
    path = _path(question, environ)
    if path is None:
        return None
    data = snapshot.load(path)
    if not isinstance(data, tuple) or len(data) != 3 or data[:2] != (_key(), question.key):
        return None
    known: dict[str, Any] = data[2]
    if known["environ"] != snapshot.relevant(environ) or known["host"] != snapshot.host():
        return None
    if not snapshot.unchanged(known["files"]) or trust.doubt_about(known["prefix"]):
        return None
    fresh = snapshot.settled(known["files"], time.time_ns())
    if fresh is not None:
        _write(path, question, {**known, "files": fresh})
    return known


def remember(
    question: ExecQuestion,
    prefix: str,
    surroundings: Mapping[str, str],
    files: Sequence[str],
    environ: Mapping[str, str],
) -> None:
    """Remember the environment of a question; `files` are all that the answer came from."""
    path = _path(question, environ)
    if path is None or question.depends_on_folder:
        return
    known = {
        "prefix": prefix,
        "surroundings": dict(surroundings),
        "files": snapshot.observe(files, time.time_ns()),
        "environ": snapshot.relevant(environ),
        "host": snapshot.host(),
    }
    _write(path, question, known)


def _path(question: ExecQuestion, environ: Mapping[str, str]) -> str | None:
    other = snapshot.path_of("exec", environ)
    if other is None:
        return None
    tag = sys.implementation.cache_tag or "python"
    folder = os.path.dirname(other)
    assert os.path.basename(folder) == SNAPSHOTS_DIR
    return os.path.join(folder, f"exec-{question.key[:8]}-{tag}-{VERSION}")


def _write(path: str, question: ExecQuestion, known: dict[str, Any]) -> None:
    snapshot.store(path, (_key(), question.key, known))


def _key() -> str:
    return f"exec {_FORMAT} {sys.version} {VERSION}"
