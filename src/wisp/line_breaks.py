"""Line breaks of texts that are edited: a line that stays keeps its own, whatever others have."""

from __future__ import annotations


def like(original: str, text: str) -> str:
    """Return a text, written with line feeds alone, with the line breaks of the one it came from.

    Lines that are new get the kind that most lines have.
    """
    if "\r\n" not in original:
        return text
    crlf, all_breaks = original.count("\r\n"), original.count("\n")
    if crlf == all_breaks:
        return text.replace("\n", "\r\n")
    from difflib import SequenceMatcher

    usual = "\r" if 2 * crlf > all_breaks else ""
    old, new = original.split("\n"), text.split("\n")
    old[-1] += usual  # it has none yet
    written = [line + usual for line in new]
    plain = [line.removesuffix("\r") for line in old]
    matcher = SequenceMatcher(None, plain, new, autojunk=False)
    for ours, theirs, count in matcher.get_matching_blocks():
        written[theirs : theirs + count] = old[ours : ours + count]
    written[-1] = new[-1]
    return "\n".join(written)
