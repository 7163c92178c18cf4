"""Reading a manifest again: what its file says by now, under the defaults it was read with."""

from __future__ import annotations

from contextlib import suppress

from wisp.engine.journals import repair
from wisp.manifest.model import Manifest
from wisp.manifest.read import ScriptDefaults, load


def reread(manifest: Manifest) -> Manifest:
    """Read a manifest again from its file, if the file says something else by now."""
    repair()
    with suppress(OSError, UnicodeDecodeError):
        if manifest.path.read_text(encoding="utf-8") == manifest.text:
            return manifest
    return load(
        manifest.path,
        script=same_defaults(manifest) if manifest.is_script else None,
        despite=manifest.despite,
        wish=manifest.wish,
    )


def same_defaults(manifest: Manifest) -> ScriptDefaults:
    """What a script leaves to its surroundings was settled when it was first read."""
    return ScriptDefaults(
        channels=tuple(entry.channel for entry in manifest.workspace.channels),
        platforms=tuple(platform.name for platform in manifest.workspace.platforms),
        root=manifest.apart,
        conda_scripts=manifest.kind == "conda-script",
    )
