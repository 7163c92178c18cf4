"""What may stand in an unfinished command line that no workspace has: keys, tools, hosts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wisp.api.session import Session
    from wisp.cli.unfinished import Unfinished

#: The kinds (`cli.word_kinds`) of which something is known here.
TOOLS = ("exposed", "shortcuts", "tool packages", "tools")
KINDS = (
    *("columns", "config keys", "config values", "hosts", "kernels", "releases", "slim rules"),
    *TOOLS,
)


def words_of(kind: str, line: Unfinished, environ: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Return the words of a kind, with what they mean where there is more to say."""
    if kind in TOOLS:
        return _of_tools(kind, line, environ)
    return [(word, "") for word in _plain(kind, line, environ)]


def _plain(kind: str, line: Unfinished, environ: Mapping[str, str]) -> Iterable[str]:
    from wisp.api import known_words as known

    match kind:
        case "columns":
            from wisp.cli.commands.list import FIELDS

            return FIELDS
        case "config keys" if line.path == "config list":
            return known.config_tables()
        case "config keys":
            return known.config_keys(lists=line.path in ("config append", "config prepend"))
        case "config values":
            return known.config_values(line.loose[0]) if line.loose else ()
        case "hosts":
            return known.hosts(_session(environ))
        case "kernels":
            return [kernel.name for kernel in _session(environ).kernels()]
        case "releases":
            return known.releases()
    return known.slim_rules()


def _of_tools(kind: str, line: Unfinished, environ: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    from wisp.api.known_words import ToolNames

    tools = ToolNames(_session(environ))
    if kind == "exposed":
        return tools.exposed.items()
    given = line.given.get("environment")
    words = {
        "shortcuts": tools.shortcuts,
        "tool packages": tools.packages(given[-1] if given else None),
        "tools": tools.environments,
    }
    return [(word, "") for word in words[kind]]


def _session(environ: Mapping[str, str]) -> Session:
    from wisp.api.session import Session

    return Session.open(environ=environ)
