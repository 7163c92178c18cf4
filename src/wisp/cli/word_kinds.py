"""Which names a value or an argument may be, by what stands for it in the usage line."""

from __future__ import annotations

_BY_PLACEHOLDER = {
    "AUTH_FILE": "files",
    "CHANNEL": "channels",
    "CONDA_PYPI_MAP": "files",
    "CWD": "files",
    "DEPENDS_ON": "tasks",
    "ENVIRONMENT": "environments",
    "ENVIRONMENT_FILE": "files",
    "FEATURE": "features",
    "FILE": "files",
    "MANIFEST_PATH": "files",
    "FIELDS": "columns",
    "ONLY": "packages",
    "OUTPUT_DIR": "files",
    "OUTPUT_PATH": "files",
    "PACKAGE": "packages",
    "PACKAGES": "packages",
    "PATH": "files",
    "PLATFORM": "platforms",
    "RELEASE": "releases",
    "RULE": "slim rules",
    "SCRIPT": "files",
    "SKIP": "packages",
    "SKIP_WITH_DEPS": "packages",
    "SUBDIR": "subdirs",
    "TASK": "tasks",
    "TASK_NAME": "tasks",
    "WORKSPACE": "workspaces",
}
#: Where a placeholder stands for something else; a group's own name counts for all below it.
_BY_COMMAND = {
    ("auth logout", "HOST"): "hosts",
    ("auth status", "URL"): "hosts",
    ("auth token", "HOST"): "hosts",
    ("config", "KEY"): "config keys",
    ("config", "VALUE"): "config values",
    ("exec", "COMMAND"): "files",
    ("global", "ENVIRONMENT"): "tools",
    ("global", "ENVIRONMENTS"): "tools",
    ("global", "PACKAGE"): "",
    ("global expose remove", "EXPOSED_NAME"): "exposed",
    ("global remove", "PACKAGE"): "tool packages",
    ("global shortcut add", "PACKAGE"): "tool packages",
    ("global shortcut remove", "SHORTCUT"): "shortcuts",
    ("global", "PLATFORM"): "subdirs",
    ("import", "PLATFORM"): "subdirs",
    ("init", "PLATFORM"): "subdirs",
    ("kernels remove", "NAME"): "kernels",
    ("remove", "SPEC"): "requested",
    ("upgrade", "EXCLUDE"): "requested",
    ("upgrade", "PACKAGES"): "requested",
    ("workspace environment remove", "NAME"): "environments",
    ("workspace platform add", "PLATFORM"): "subdirs",
    ("workspace platform edit", "NAME"): "platforms",
    ("workspace platform move", "NAME"): "platforms",
    ("workspace register remove", "NAME"): "workspaces",
}


def kind_of(path: str, placeholder: str) -> str:
    """Return the kind of names that a placeholder of a command stands for, empty for none.

    The kinds are attributes of `wisp.api.known_names.Names`, those of `cli.known_words`, and
    `files`, `subdirs`, `workspaces`.
    """
    for place in (path, path.partition(" ")[0]):
        if (place, placeholder) in _BY_COMMAND:
            return _BY_COMMAND[place, placeholder]
    return _BY_PLACEHOLDER.get(placeholder, "")
