"""An environment that can lie anywhere, as a packed tar, or as a script that unpacks itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from wisp.activation.variables import read_prefix
from wisp.api.imaging.staging import Prepared, stage
from wisp.engine.files import refusal
from wisp.image.entries import LayerEntry, link, text_file, with_parents
from wisp.image.layer import write_layer
from wisp.image.prefix import package_entries, read_staged
from wisp.install.state import HISTORY
from wisp.layout import CONDA_META, PREFIX_HISTORY
from wisp.pack.archive import TIME
from wisp.pack.relocation import (
    ACTIVATE,
    NOTE,
    PLACE,
    SCRIPT,
    activate_script,
    mentions,
    unpack_script,
    with_python_beside,
)
from wisp.pack.self_extracting import header
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def write_relocatable(
    workspace: OpenedWorkspace,
    wanted: Prepared,
    scratch: Path,
    draft: Path,
    *,
    executable: bool,
) -> None:
    """Make an environment aside and write it into a file.

    Raises:
        FetchError, InstallError: A package cannot be had or linked.
        HostError: The operating system refuses.

    """
    folder = scratch / "prefix"
    folder.mkdir()
    stage(workspace.session, wanted, PLACE, folder, workspace.reporter)
    entries = list(_package_entries(folder))
    static = read_prefix(str(folder), ("sh",)).static
    entries += [
        text_file(f"{CONDA_META}/{PREFIX_HISTORY}", HISTORY),
        text_file(NOTE, PLACE),
        text_file(ACTIVATE, activate_script(static)),
    ]
    # The note is ours to change: it tells which place the others name.
    found = sorted(mentions(one for one in entries if one.path != NOTE), key=lambda one: one.path)
    entries.append(text_file(SCRIPT, unpack_script(found), program=True))
    head = header(wanted.locked.platform.subdir) if executable else b""
    try:
        with draft.open("wb") as file:
            file.write(head)
            write_layer(_note_first(entries), file, time=TIME)
        if executable:
            draft.chmod(0o755)
    except OSError as error:
        raise refusal("write", draft, error) from error


def _note_first(entries: Iterable[LayerEntry]) -> Iterator[LayerEntry]:
    """Put what an environment is known by before all else, as `wisp.image.products` wants it."""
    rows = with_parents(entries)
    first = (CONDA_META, NOTE)
    yield from (one for one in rows if one.path in first)
    yield from (one for one in rows if one.path not in first)


def _package_entries(folder: Path) -> Iterator[LayerEntry]:
    staged = read_staged(folder, "")
    for owner in staged.owners:
        for entry in package_entries(staged, owner, lambda _path: True):
            entry = replace(entry, path=entry.path.lstrip("/"))
            yield with_python_beside(_relative(entry))


def _relative(entry: LayerEntry) -> LayerEntry:
    """Make a link that names the place count from its own folder."""
    if entry.kind != "link" or not entry.target.startswith(f"{PLACE}/"):
        return entry
    above = "../" * entry.path.count("/")
    return link(entry.path, above + entry.target.removeprefix(f"{PLACE}/"))
