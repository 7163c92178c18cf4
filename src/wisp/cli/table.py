"""The commands that stand directly below the program, by their groups.

The table holds all that is known of a command without loading it: the overview is made of it, and
the first code that runs looks here whether the quick path may answer.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Entry:
    """A command: its module below `wisp.cli.commands`, and how it is presented.

    With `quick` the quick path (`wisp.api.quick`) may answer; `lane` maps the spellings of the
    options that it understands to their names there. One that is `hidden` stands in no list.
    """

    __slots__ = ("aliases", "hidden", "lane", "module", "name", "quick", "summary")

    def __init__(
        self,
        name: str,
        summary: str,
        *aliases: str,
        quick: bool = False,
        lane: Mapping[str, str] | None = None,
        hidden: bool = False,
    ) -> None:
        self.name = name.rpartition(" ")[2]
        self.summary = summary
        self.aliases = aliases
        self.quick = quick
        self.hidden = hidden
        self.lane = lane or {}
        # A module's name may not be a word of the language.
        path = name.replace("-", "_").replace(" ", ".")
        self.module = f"{path}_" if name in ("import", "global") else path


_RUN_LANE = {
    "-q": "quiet",
    "--quiet": "quiet",
    "-x": "executable",
    "--executable": "executable",
    "-e": "environment",
    "--environment": "environment",
}
_HOOK_LANE = {
    "-e": "environment",
    "--environment": "environment",
    "-s": "shell",
    "--shell": "shell",
    "--json": "json",
}

GROUPS: dict[str, tuple[Entry, ...]] = {
    "Getting started": (
        Entry("init", "Create a workspace, its manifest and what git should know of it"),
        Entry("import", "Import a file of another tool into an environment"),
    ),
    "Dependencies": (
        Entry("add", "Add dependencies to the workspace", "a"),
        Entry("remove", "Remove dependencies from the workspace", "rm"),
        Entry("upgrade", "Raise the manifest's limits to the newest versions"),
        Entry("update", "Update locked packages as far as the manifest allows"),
        Entry("lock", "Bring the lock file up to date", quick=True),
        Entry("install", "Install an environment, locking it where needed", "i", quick=True),
        Entry("reinstall", "Install packages of an environment again"),
    ),
    "Running": (
        Entry("run", "Run a task or a command in an environment", "r", quick=True, lane=_RUN_LANE),
        Entry("task", "List and change the tasks of the workspace", quick=True),
        Entry("exec", "Run a command in a temporary environment", "x"),
        Entry("shell", "Open a shell in an environment", "s"),
        Entry(
            "shell-hook",
            "Print the script that activates an environment",
            quick=True,
            lane=_HOOK_LANE,
        ),
    ),
    "Shells": (
        Entry("activate", "Make an environment active in the running shell"),
        Entry("deactivate", "Leave what is active in the running shell"),
        Entry("shell-init", "Print what a shell reads once, so that `activate` works in it"),
        Entry("direnv", "Write an .envrc, so that direnv activates an environment"),
    ),
    "Looking": (
        Entry("info", "Show the machine, the workspace and its environments", quick=True),
        Entry("list", "List the locked packages of an environment", "ls", quick=True),
        Entry("tree", "Show what the packages of an environment need", "t", quick=True),
        Entry("why", "Show what a locked package is needed for"),
        Entry("outdated", "List packages that have newer versions, and what holds them back"),
        Entry("size", "Show where the gigabytes of an environment, an image or a lock are"),
        Entry("search", "Search packages in channels"),
    ),
    "Shipping": (
        Entry("image", "Make container images of environments"),
        Entry("pack", "Write an environment into one file, for machines without a network"),
        Entry("unpack", "Make an environment of a pack, without a network"),
        Entry("sbom", "Write a bill of materials of an environment, or list its licences"),
    ),
    "Managing": (
        Entry("global", "Install and manage tools for the user", "g"),
        Entry("workspace", "Look at and change the workspace manifest", "project", quick=True),
        Entry("config", "Look at and change the configuration"),
        Entry("auth", "Store credentials for channels, indexes and registries"),
        Entry("trust", "Accept what a workspace may only do with consent"),
        Entry("editor", "Tell an editor of interpreter and tasks"),
        Entry("kernels", "Let Jupyter start kernels inside environments"),
        Entry("clean", "Remove environments and caches of the workspace"),
        Entry("doctor", "Try network, caches and locks, and say what to do"),
        Entry("self-update", "Replace wisp by a newer version, through what installed it"),
        Entry("completion", "Print the script that completes command lines in a shell"),
    ),
}
#: The commands below `workspace`, which are as many again.
BELOW_WORKSPACE = (
    Entry("workspace activation", "Scripts and variables of activation"),
    Entry("workspace channel", "List, add or remove channels"),
    Entry("workspace dependencies", "List, add or remove what features may inherit"),
    Entry("workspace description", "Show or set the description of the workspace"),
    Entry("workspace environment", "List, add or remove environments"),
    Entry("workspace exclude-newer", "Show and set from when on packages do not exist"),
    Entry("workspace export", "Write environments in the formats of conda"),
    Entry("workspace feature", "List or remove features"),
    Entry("workspace name", "Show or set the name of the workspace"),
    Entry("workspace platform", "List, add, change, move or remove platforms"),
    Entry("workspace preview", "Switch preview features on and off"),
    Entry("workspace register", "Give the workspace a name that works from anywhere"),
    Entry("workspace requires-pixi", "Show, set or check the version that the manifest needs"),
    Entry("workspace version", "Show, set or raise the version of the workspace"),
)
ENTRIES: dict[str, Entry] = {entry.name: entry for entries in GROUPS.values() for entry in entries}


def named(name: str) -> Entry:
    """Return the command of a name, or of a path as `workspace channel`.

    Raises `KeyError` if the table has none.
    """
    above, _, below = name.rpartition(" ")
    return {one.name: one for one in BELOW_WORKSPACE}[below] if above else ENTRIES[name]


def meant(word: str) -> Entry | None:
    """Return the command that a word of the command line means, by its name or an alias."""
    return ENTRIES.get(word) or next((e for e in ENTRIES.values() if word in e.aliases), None)
