"""A manifest for tools that are installed but declared nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from wisp.engine.files import is_there
from wisp.engine.prefix import installed_packages
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.edit.text import TomlText
from wisp.toolbox import edit, place
from wisp.toolbox.home import ToolHome
from wisp.toolbox.launcher import read_launch
from wisp.toolbox.manifest import ToolEnvironment
from wisp.toolbox.names import environment_fault
from wisp.trust import found_bytes


def rebuilt(home: ToolHome) -> str:
    """Write the manifest that what is exposed must have come from; empty if nothing is."""
    toml = TomlText("")
    folders = sorted(home.environments.glob("*")) if is_there(home.environments) else []
    for prefix in folders:
        if prefix.is_dir() and environment_fault(prefix.name) is None:
            toml = _with_environment(toml, home, prefix)
    return toml.text


def _with_environment(toml: TomlText, home: ToolHome, prefix: Path) -> TomlText:
    names = place.exposed_names(home, prefix)
    if not names:
        return toml
    started = {}
    for name in names:
        launch = read_launch(found_bytes(home.configurations / f"{name}.json"))
        if launch is not None:
            started[name] = os.path.relpath(launch.exe, prefix)
    packages = installed_packages(prefix)
    owners = [one.record for one in packages if set(one.files) & set(started.values())]
    channels = dict.fromkeys(record.channel for record in owners if record.channel)
    environment = ToolEnvironment(
        name=prefix.name, channels=tuple(ChannelEntry(channel) for channel in channels)
    )
    toml = edit.put_environment(toml, environment)
    for record in owners:
        toml = edit.put_dependency(toml, prefix.name, record.name, "*")
    for name, file in started.items():
        toml = edit.put_exposed(toml, prefix.name, name, file.rpartition("/")[2])
    return toml
