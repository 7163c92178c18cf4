"""Writing environments for conda: `environment.yml` and explicit lists of packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.errors import LockFileError
from wisp.lock.graph import PackageGraph, every_marker
from wisp.lock.model import LockedEnvironment
from wisp.manifest.edit.spelling import pypi_text
from wisp.patterns import pattern
from wisp.specs.conda import CondaRequirement
from wisp.specs.locations import PathLocation
from wisp.specs.pypi import PypiOptions, PypiRequirement, is_editable
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord
from wisp.specs.url_secrets import handed_on
from wisp.values import dataclass, field

_DEFAULTS = frozenset({"main", "r", "msys2"})
_PLAIN = pattern(r"[A-Za-z0-9_./][A-Za-z0-9_./@+*<>=!~,|^$()\[\]; '\":-]*[^\s:]|[A-Za-z_./]")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"})
#: What is a number or a time to YAML 1.1 or 1.2; what has a sign is quoted as it is.
_NUMBER = pattern(
    r"(?i)(?:\d[\d_]*\.?[\d_]*|\.[\d_]+)(?:e[-+]?\d+)?|\.(?:inf|nan)|0[box][\da-f_]+"
    r"|\d[\d_]*(?::\d+)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[t\s].*)?"
)
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaEnvironment:
    """The content of an `environment.yml`; all but `variables` are lines as they are written."""

    name: str
    channels: Sequence[str]
    conda: Sequence[str]
    pip: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        channels = list(dict.fromkeys(map(handed_on, self.channels)))
        if not _DEFAULTS & set(channels):
            channels.append("nodefaults")
        lines = [f"name: {_scalar(self.name)}", "channels:"]
        lines += [f"- {_scalar(channel)}" for channel in channels]
        lines.append("dependencies:")
        lines += [f"- {_scalar(spec)}" for spec in self.conda]
        if self.pip:
            lines += ["- pip", "- pip:", *(f"  - {_scalar(line)}" for line in self.pip)]
        if self.variables:
            lines.append("variables:")
            lines += [f"  {_scalar(n)}: {_scalar(value)}" for n, value in self.variables.items()]
        return "\n".join(lines) + "\n"


def conda_line(requirement: CondaRequirement) -> str:
    """Spell a requirement as a match spec: `forge::name version build[key="value"]`."""
    spec = requirement.spec
    channel = handed_on(spec.channel or "")
    if spec.subdir:
        channel += f"/{spec.subdir}"
    text = f"{channel}::" if channel else ""
    text += f"{requirement.source_name} {spec.version or '*'}"
    if spec.build is not None:
        text += f" {spec.build}"
    fields = {
        "build_number": spec.build_number,
        "fn": spec.file_name,
        "md5": spec.md5,
        "sha256": spec.sha256,
        "license": spec.license,
    }
    written = ", ".join(f'{key}="{value}"' for key, value in fields.items() if value is not None)
    return f"{text}[{written}]" if written else text


def pip_lines(requirements: Iterable[PypiRequirement], options: PypiOptions) -> list[str]:
    """Spell requirements as lines for pip, after the options that say where to look.

    Credentials in addresses stay behind: such a file is made to be handed on.
    """
    lines = [f"--index-url {handed_on(options.index_url)}"] if options.index_url else []
    lines += [f"--extra-index-url {handed_on(url)}" for url in options.extra_index_urls]
    links = (place.path or handed_on(str(place.url)) for place in options.find_links)
    lines += [f"--find-links {link}" for link in links]
    for requirement in requirements:
        location = requirement.spec.location
        if isinstance(location, PathLocation):
            lines.append(("-e " if is_editable(requirement.spec) else "") + location.path)
        else:
            name, at, url = pypi_text(requirement).partition(" @ ")
            lines.append(f"{name}{at}{handed_on(url)}")
    return lines


def locked_lines(locked: LockedEnvironment) -> tuple[list[str], list[str], list[str]]:
    """Spell what is locked: conda lines, pip lines, and the source packages left out."""
    conda: list[str] = []
    pip: list[str] = []
    left_out: list[str] = []
    for record in locked.records:
        if isinstance(record, CondaRecord):
            conda.append(f"{record.name} =={record.version} {record.build}")
        elif isinstance(record, PypiRecord) and record.version is not None:
            pip.append(f"{record.name}=={record.version}")
        else:
            left_out.append(record.name)
    return conda, pip, left_out


def explicit_spec(
    locked: LockedEnvironment, *, skip_pypi: bool = False, skip_source: bool = False
) -> str:
    """Write the `@EXPLICIT` list from which conda installs without solving.

    Raises `LockFileError` on a PyPI or source package that is not to be skipped.
    """
    _refuse(locked, PypiRecord, "PyPI", skip_pypi, "--ignore-pypi-errors")
    _refuse(locked, CondaSourceRecord, "source", skip_source, "--ignore-source-errors")
    conda = [record for record in locked.records if isinstance(record, CondaRecord)]
    lines = [
        "# Generated by `pixi workspace export`",
        f"# platform: {locked.platform.subdir}",
        "@EXPLICIT",
        *(_explicit_line(record) for record in in_dependency_order(conda)),
    ]
    return "\n".join(lines) + "\n"


def _refuse(
    locked: LockedEnvironment, kind: type[object], word: str, skip: bool, flag: str
) -> None:
    first = next((r for r in locked.records if isinstance(r, kind)), None)
    if first is not None and not skip:
        raise LockFileError(
            f"{word} package `{first.name}` cannot be part of an explicit spec of environment "
            f"'{locked.name}'",
            hints=(f"leave such packages out with {flag}",),
        )


def _explicit_line(record: CondaRecord) -> str:
    location = handed_on(record.location)
    return f"{location}#{record.md5}" if record.md5 else location


def in_dependency_order(records: Sequence[CondaRecord]) -> list[CondaRecord]:
    """Order packages so that each follows what it depends on, whatever order they come in.

    Packages that nothing depends on are visited from the last name to the first, and so are the
    dependencies of each; circles are entered once.
    """
    by_name = {record.name: record for record in records}
    graph = PackageGraph(records, every_marker)
    needs = {
        record.name: sorted({need.record.name for need in graph.needs(record)})
        for record in records
    }
    needed = {name for names in needs.values() for name in names}
    roots = sorted(by_name.keys() - needed)
    order: list[str] = []
    seen: set[str] = set()
    for start in (roots, sorted(needed)):
        stack = [(name, False) for name in start]
        while stack:
            name, ready = stack.pop()
            if ready:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(other, False) for other in needs[name]]
    return [by_name[name] for name in order]


def _scalar(text: str) -> str:
    """Write a YAML text, quoted only where it would mean something else."""
    if not text.isprintable():  # what YAML may not hold as it is, or takes for a line break
        return f'"{"".join(map(_escaped, text))}"'
    meant = text.lower() not in _WORDS and not _NUMBER.fullmatch(text)
    meant = meant and not text.startswith("...")  # where a document ends
    if meant and _PLAIN.fullmatch(text) and " #" not in text and ": " not in text:
        return text
    return "'" + text.replace("'", "''") + "'"


def _escaped(sign: str) -> str:
    """Write a character between double quotes; no text has halves of characters."""
    if sign in _SHORT or sign.isprintable():
        return _SHORT.get(sign, sign)
    if "\ud800" <= sign <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
