"""From a fault to an error that marks its place; loaded when a manifest has one."""

from __future__ import annotations

from tomli import TOMLDecodeError

from wisp.errors import ManifestError, Place
from wisp.foreign import conflict_marker
from wisp.manifest.faults import Fault, SourceText
from wisp.manifest.positions import Scan, scan
from wisp.manifest.slips import Slip, likely_mend
from wisp.manifest.syntax import Span


def placed(error: Fault | TOMLDecodeError, source: SourceText) -> ManifestError:
    """Find the place of what is wrong, and say it."""
    if isinstance(error, Fault):
        return _marked(error, source)
    return _syntax_error(error, source)


def _marked(fault: Fault, source: SourceText) -> ManifestError:
    spans = [] if fault.mark == "nothing" else _spans(fault, scan(source.toml))
    if not spans:
        return ManifestError(fault.message, hints=fault.hints, place=Place(str(source.file)))
    start, end = min(spans)
    written = () if fault.mend is None else (fault.mend(source.toml[start:end]),)
    if fault.inside is not None:
        start, end = _inside((start, end), fault.inside, source.toml)
    place = source.place(start, end - start, fault.label)
    return ManifestError(fault.message, hints=(*fault.hints, *written), place=place)


def _spans(fault: Fault, found: Scan) -> list[Span]:
    spans = []
    for path in fault.paths:
        if fault.mark == "key":
            parent = found.root.find(path[:-1])
            span = parent.keys.get(str(path[-1])) if parent else None
        else:
            node = found.root.find(path)
            span = node.span if node else None
        if span is not None:
            spans.append(span)
    return spans


def _inside(span: Span, stretch: tuple[int, int], toml: str) -> Span:
    """Return where a stretch of a text is written; all of the value where escapes move it."""
    start, end = span  # without the quotes around it
    if toml[start - 1 : start] == '"' and "\\" in toml[start:end]:
        return span
    if toml[start - 3 : start] in ('"""', "'''") and toml[start : start + 1] == "\n":
        start += 1  # TOML leaves out a line break directly behind the quotes
    return start + stretch[0], start + sum(stretch)


def _syntax_error(error: TOMLDecodeError, source: SourceText) -> ManifestError:
    """Word a text that is no TOML; the spot is that of our own scan where it stops too."""
    marker = conflict_marker(source.toml)
    if marker is not None:
        return _merge_conflict(marker, source)
    stop = scan(source.toml).stop
    if stop is not None and stop.first is not None:
        return _defined_twice(stop.offset, stop.first, source)
    offset = stop.offset if stop is not None else min(error.pos, len(source.toml))
    message = f"TOML syntax error: {error.msg[:1].lower()}{error.msg[1:]}"
    mend = likely_mend(Slip(source.toml, offset, error.msg))
    hints = () if mend is None else (mend,)
    place = source.place(offset)
    if stop is not None and stop.marked:
        return ManifestError(message, place=place, hints=hints)
    message += f", at line {place.line}, column {place.column}"
    return ManifestError(message, place=source.gap(offset), hints=hints)


def _merge_conflict(offset: int, source: SourceText) -> ManifestError:
    place = source.place(offset, len(source.toml))
    base = ", `|||||||`" if "\n|||||||" in source.toml else ""
    return ManifestError(
        "TOML syntax error: the file holds marks of a merge conflict",
        place=place,
        hints=(
            "keep one side of each conflict, or what you want of both, and delete the lines that "
            f"begin with `<<<<<<<`{base}, `=======` and `>>>>>>>`",
        ),
    )


def _defined_twice(offset: int, first: int, source: SourceText) -> ManifestError:
    second = source.place(offset)
    before = source.place(first)
    line = source.toml[source.toml.rfind("\n", 0, first) + 1 :].partition("\n")[0].strip()
    is_table = source.toml[offset : offset + 1] == "["
    what = "table" if is_table else "key"
    mend = "put all its keys under one header" if is_table else "keep one of them"
    return ManifestError(
        f"TOML syntax error: duplicate {what}",
        place=source.place(offset, second.length, "defined again here"),
        hints=(f"it is first defined in line {before.line}, `{line}`: {mend}",),
    )
