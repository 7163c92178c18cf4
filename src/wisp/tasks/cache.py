"""Whether a task has to run: fingerprints of what it reads and writes, in Pixi's files.

`.pixi/task-cache-v0/<environment>-<task>-<hash of the call>.json` holds one hash over the
command, the input and output files, and the environment. Both hashes are those of Pixi, so that
each tool skips what the other has done. Beside them stands a hash of our own over the task's
variables, which Pixi leaves out. Rust hashes a text as its bytes and FF, a sequence as its
length and items, an optional value or variant as its number; all numbers take eight bytes.
"""

from __future__ import annotations

import os
import stat

from wisp.foreign import json_data
from wisp.tasks.globs import check, files
from wisp.tasks.script import shown
from wisp.tasks.templates import render
from wisp.trust import found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Protocol

    from wisp.engine.safe.folder import Folder
    from wisp.tasks.graph import TaskNode

    class Digestible(Protocol):
        """Facts of an environment, or their hash from an earlier time."""

        def digest(self) -> str:
            """Return the hash of the environment."""


#: The name of our own hash in a cache file.
_VARIABLES = "wisp-env"


class EnvironmentFacts:
    """What a fingerprint takes from an environment.

    `scripts` are activation scripts as the manifest writes them, `env` its activation variables,
    `locations` those of the locked packages.
    """

    __slots__ = ("env", "locations", "platform", "scripts")

    def __init__(
        self,
        platform: str,
        scripts: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        locations: Iterable[str] = (),
    ) -> None:
        self.platform = platform
        self.scripts = tuple(scripts)
        self.env = dict(env or {})
        self.locations = tuple(sorted(locations))

    def digest(self) -> str:
        """Return the hash of the environment."""
        data = b"".join(map(_text, self.scripts))
        data += b"".join(_text(n) + _text(v) for n, v in sorted(self.env.items()))
        data += _text(self.platform)
        return _hex(data + _number(len(self.locations)) + b"".join(map(_text, self.locations)))


class Fingerprint:
    """The state of a call: its inputs and outputs by path (None: no pattern, or no file)."""

    __slots__ = ("environment", "inputs", "outputs", "root")

    def __init__(self, node: TaskNode, root: str, facts: Digestible) -> None:
        self.root = root
        self.environment = facts.digest()
        self.inputs = _state(root, _patterns(node, node.task.inputs))
        self.outputs = _state(root, _patterns(node, node.task.outputs))

    def digest(self, node: TaskNode) -> str:
        """Return the hash that is stored."""
        return _hex(
            _number(1)
            + _text(shown(node))
            + _optional(self.inputs)
            + _optional(self.outputs)
            + _text(self.environment)
        )


def is_up_to_date(node: TaskNode, root: str, folder: str, facts: Digestible) -> bool:
    """Whether nothing has changed since the task last ran.

    A task without inputs and outputs, or none of whose patterns fit a file, always runs. Raises
    `ValueError` for a cache file that cannot be read as one, `OSError` for one, or an input, that
    cannot be read at all, and `TaskError` for what is no pattern.
    """
    if node.task.inputs is None and node.task.outputs is None:
        return False
    try:
        data = json_data(found_text(os.path.join(folder, file_name(node))))
    except FileNotFoundError:
        # What is no pattern would be told of only once the task has run, and has done its work.
        for patterns in (node.task.inputs, node.task.outputs):
            check(root, _patterns(node, patterns))
        return False
    stored = data.get("hash") if isinstance(data, dict) else None
    if not isinstance(stored, str):
        raise ValueError("it has no hash")
    state = Fingerprint(node, root, facts)
    if state.inputs is None and state.outputs is None:
        return False
    variables = _variables(node)
    if data.get(_VARIABLES, variables) != variables:
        return False
    return stored == state.digest(node)


def store(node: TaskNode, root: str, folder: str, facts: Digestible) -> list[tuple[str, str]]:
    """Remember that a task ran; return kind and pattern list of each kind that fits no file.

    Nothing is stored where patterns fit no file. Raises `OSError` where nothing can be stored.
    """
    state = Fingerprint(node, root, facts)
    missing = []
    for kind, patterns, found in (
        ("output", node.task.outputs, state.outputs),
        ("input", node.task.inputs, state.inputs),
    ):
        if patterns is not None and found is None:
            listed = ", ".join(f"`{pattern}`" for pattern in _patterns(node, patterns))
            missing.append((kind, listed))
    if not missing:
        _write(root, os.path.join(folder, file_name(node)), _record(node, state))
    return missing


def _record(node: TaskNode, state: Fingerprint) -> str:
    """Return what is stored: as Pixi has it unless the task has variables."""
    variables = _variables(node)
    own = f',"{_VARIABLES}":"{variables}"' if variables else ""
    return f'{{"hash":"{state.digest(node)}"{own}}}'


def _variables(node: TaskNode) -> str | None:
    """Return the hash of a task's own variables; None where it has none."""
    if not node.task.env:
        return None
    values = {name: render(v, node.context, node.arguments) for name, v in node.task.env.items()}
    return _hex(b"".join(_text(name) + _text(value) for name, value in sorted(values.items())))


def _write(root: str, path: str, text: str) -> None:
    """Replace a fingerprint below a workspace, or below what was accepted for its `.pixi`."""
    from wisp.engine.safe.folder import opened

    below = root if path.startswith(root + os.sep) else os.path.dirname(os.path.dirname(path))
    with opened(below) as folder:
        _write_in(folder, os.path.relpath(path, below).split(os.sep), text)


def _write_in(folder: Folder, parts: list[str], text: str) -> None:
    """Replace a file below an open folder, through no link."""
    name, *rest = parts
    if rest:
        folder.make(name)
        found = folder.status(name)
        if found is not None and stat.S_ISLNK(found.st_mode):
            raise OSError(f"`{folder.at(name)}` is a symbolic link, and is not followed")
        with folder.within(name) as inner:
            _write_in(inner, rest, text)
        return
    draft = f"{name}.{os.urandom(4).hex()}"
    handle = folder.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        folder.replace(draft, name)
    except OSError:
        folder.unlink(draft)
        raise


def file_name(node: TaskNode) -> str:
    """Return the name of a call's cache file."""
    arguments = node.arguments
    extra = _sequence(arguments.extra)
    if arguments.named is None:
        data = _number(0) + extra
    else:
        named = b"".join(_text(name) + _text(value) for name, value in arguments.named)
        data = _number(1) + _number(len(arguments.named)) + named + extra
    for patterns in (node.task.inputs, node.task.outputs):
        if patterns is not None:
            data += _sequence(_patterns(node, patterns))
    name = node.task.name.replace(os.sep, "-").replace("/", "-")
    return f"{node.environment.name}-{name}-{_hex(data)}.json"


def _patterns(node: TaskNode, patterns: Sequence[str] | None) -> list[str]:
    return [render(pattern, node.context, node.arguments) for pattern in patterns or ()]


def _state(root: str, patterns: Sequence[str]) -> dict[str, str] | None:
    """Fingerprint the files that patterns fit; files that vanish meanwhile are left out."""
    if not patterns:
        return None
    found = {}
    for name in files(root, patterns):
        try:
            found[name] = _content(os.path.join(root, name))
        except FileNotFoundError:
            continue
    return found or None


def _content(path: str) -> str:
    import xxhash

    digest = xxhash.xxh3_64()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return f"{digest.intdigest():x}"


def _optional(state: Mapping[str, str] | None) -> bytes:
    if state is None:
        return _number(0)
    return _number(1) + b"".join(_path(path) + _text(value) for path, value in state.items())


def _path(path: str) -> bytes:
    """Hash input of a path: its components, and a number that tells where they end."""
    mark = 0
    parts = [os.fsencode(part) for part in path.split("/")]
    for part in parts:
        mark = (mark + len(part)) & 0xFFFF_FFFF_FFFF_FFFF
        mark = (mark >> 2) | ((mark & 3) << 62)
    return b"".join(parts) + _number(mark)


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _text(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape") + b"\xff"


def _sequence(values: Sequence[str]) -> bytes:
    return _number(len(values)) + b"".join(map(_text, values))


def _hex(data: bytes) -> str:
    import xxhash

    return f"{xxhash.xxh3_64_intdigest(data):x}"
