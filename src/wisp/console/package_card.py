"""Packages found in channels, as text: one in full, several as lists of versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from wisp.console.sizes import human_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LABEL_WIDTH = 20


def card(
    row: Mapping[str, Any], versions: Mapping[str, Sequence[Mapping[str, Any]]], limit: int | None
) -> str:
    """Describe one record of a package, and tell the package's other versions.

    `versions` groups all its records, newest first; `limit` is how many other versions to show.
    """
    others = {version: rows for version, rows in versions.items() if version != row["version"]}
    stem = f"{row['name']}-{row['version']}-{row['build']}"
    title = stem + _more(len(versions[row["version"]]) - 1)
    lines = [title, "-" * len(title), "", *_fields(row), ""]
    if row.get("depends"):
        lines += ["Dependencies:", *(f" - {spec}" for spec in row["depends"]), ""]
    lines += _run_exports(row)
    if others:
        lines += ["", *_other_versions(others, limit)]
    return "\n".join(lines)


def _more(count: int) -> str:
    return f" (+ {count} build{'' if count == 1 else 's'})" if count else ""


def _fields(row: Mapping[str, Any]) -> Iterator[str]:
    size, made = row.get("size"), row.get("timestamp")
    fields = {
        "Name": row["name"],
        "Version": row["version"],
        "Build": row["build"],
        "Size": human_size(size) if size is not None else None,
        "License": row.get("license"),
        "Timestamp": _moment(made) if made is not None else None,
        "Subdir": row["subdir"],
        "NoArch": row.get("noarch"),
        "File Name": row["fn"],
        "URL": row["url"],
        "MD5": row.get("md5"),
        "SHA256": row.get("sha256"),
    }
    for label, value in fields.items():
        if value:
            yield f"{label:{_LABEL_WIDTH}}{value}"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _run_exports(row: Mapping[str, Any]) -> Iterator[str]:
    exports = row.get("run_exports")
    if exports is None:
        yield "Run exports: not available in repodata"
        return
    yield "Run exports:" if any(exports.values()) else "Run exports: none"
    for kind, specs in exports.items():
        if specs:
            yield f" {kind}:"
            yield from (f"  - {spec}" for spec in specs)


def _other_versions(
    others: Mapping[str, Sequence[Mapping[str, Any]]], limit: int | None
) -> Iterator[str]:
    yield f"Other Versions ({len(others)}):"
    shown = list(others.items())[:limit]
    width = max([len("Version"), *(len(version) for version, _ in shown)])
    yield f"{'Version':{width}}  Build"
    for version, rows in shown:
        yield f"{version:{width}}  {rows[0]['build']}{_more(len(rows) - 1)}"
    if len(shown) < len(others):
        yield f"... and {len(others) - len(shown)} more"


def version_list(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    limit: int | None,
    channel_name: Callable[[str], str],
) -> str:
    """List the records of one package, newest first, at most `limit` of them."""
    lines = [f"{name} ({len(rows)} version{'' if len(rows) == 1 else 's'})"]
    for row in rows[:limit]:
        channel = channel_name(row.get("channel") or "")
        lines.append(f"  {row['version']} {row['build']} [{row['subdir']}] {channel}")
    if limit is not None and len(rows) > limit:
        lines.append(f"  ... and {len(rows) - limit} more versions (use -l to show more)")
    return "\n".join(lines)


def joined(blocks: Iterable[str], left_out: int) -> str:
    """Put lists one below the other and tell how many packages are not shown."""
    parts = list(blocks)
    if left_out:
        parts.append(f"... and {left_out} more packages (use -n to show more)")
    return "\n\n".join(parts)
