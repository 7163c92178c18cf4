"""Dotenv files of tasks: `env-file` in `[tool.wisp.tasks.NAME]`, a table that Pixi ignores.

Apart from `wisp.manifest.read`, since nothing but running tasks needs them, and what they say
wrong must not keep a workspace from being read.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.foreign import toml_data
from wisp.manifest.faults import Fault, SourceText, ValuePath
from wisp.manifest.getters import as_text, wrong_kind
from wisp.manifest.model import Manifest


def env_files(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Return the paths of dotenv files by task; scripts have none.

    Raises `ManifestError` for a value that is neither a path nor a list of paths.
    """
    if "env-file" not in manifest.text or manifest.is_script:
        return {}
    text = manifest.text.removeprefix("\ufeff")
    source = SourceText(manifest.path, text, text)
    table = toml_data(text)
    above: ValuePath = ()
    for key in ("tool", "wisp", "tasks"):
        above = (*above, key)
        table = table.get(key, {})
        if not isinstance(table, Mapping):
            return {}
    try:
        return {
            name: _paths(options["env-file"], (*above, name, "env-file"))
            for name, options in table.items()
            if isinstance(options, Mapping) and "env-file" in options
        }
    except Fault as fault:
        from wisp.manifest.placing import placed

        raise placed(fault, source) from None


def _paths(value: object, path: ValuePath) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise wrong_kind("a path or an array of paths", value, path)
    return tuple(as_text(one, (*path, index)) for index, one in enumerate(value))
