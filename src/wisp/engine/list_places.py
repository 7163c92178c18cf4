"""Where lists of channels say that their packages and parts lie, looked at before rattler does.

rattler takes for granted that it can add a file name to such an address: where that fails, one of
its threads ends, and a text of Rust's own comes before our error.

Sources: CEP 15 (`base_url`), CEP 16 (`shards_base_url`), the MessagePack specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rattler.exceptions import InvalidMatchSpecError, InvalidUrlError
from rattler.rattler import PyMatchSpec

from wisp.engine.cached_lists import index_of
from wisp.engine.list_looks import found_in
from wisp.engine.rattler_errors import TELL_OWNERS
from wisp.errors import FetchError
from wisp.foreign import json_data
from wisp.patterns import pattern
from wisp.specs.url_secrets import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mmap import mmap

#: In an index, where a key stands before its value. The second one ends in the first.
_KEY, _KEY_OF_SHARDS = b"base_url", b"shards_base_url"
#: Texts of MessagePack: the byte before a length, and how many bytes that takes.
_LENGTHS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_SHORT_TEXTS = range(0xA0, 0xC0)
#: In a list of JSON, whose letters may be spelled as numbers.
_PLAIN_PAIR = re.compile(rb'"base_url"\s*:\s*("(?:[^"\\]|\\.)*")', re.DOTALL)
_LETTERS = "".join(rf"(?:{sign}|\\u00{ord(sign):02x})" for sign in "base_url").encode()
_ANY_PAIR = re.compile(rb'(?i)"' + _LETTERS + rb'"\s*:\s*("(?:[^"\\]|\\.)*")', re.DOTALL)
_SPELLED = re.compile(rb"\\u00(?:5[fF]|6[1-9a-fA-F]|7[0-9aA])")
#: An address that says its scheme, and one that names no host either (those of the web do).
_SCHEME = pattern(r"(?i)[a-z][a-z0-9+.-]*:")
_NO_HOST = pattern(r"(?i)(?!https?:)[a-z][a-z0-9+.-]*:(?!//[^/?#])")
#: How much of a place is shown.
_SHOWN = 200
#: What readers of addresses take away from them.
_BLANK = {ord(sign): None for sign in "\t\n\r"}
_AROUND = "".join(map(chr, range(33)))


def refuse_odd_index(url: str, cache: Path) -> None:
    """Refuse the index of a subdir whose files cannot lie where it says. Raises `FetchError`."""
    try:
        index = index_of(url, cache).read_bytes()
    except OSError:
        return
    _refuse(url, filter(_is_odd, _texts_after(_KEY, index)))
    # Shards come from a server: what has no host, as `file:///x`, ends rattler as well.
    _refuse(url, filter(_NO_HOST.match, map(_plain, _texts_after(_KEY_OF_SHARDS, index))))


def refuse_odd_list(url: str, file: Path, cache: Path) -> None:
    """Refuse a list of JSON whose packages cannot lie where it says. Raises `FetchError`."""
    try:
        if found_in(file, cache, "in-place", _names_odd_place):
            _refuse(url, filter(_is_odd, _pairs_in(file.read_bytes())))
    except OSError:  # which rattler words
        return


def _refuse(url: str, places: Iterable[str]) -> None:
    """Refuse a list for the first of some odd places, if there is one. Raises `FetchError`."""
    place = next(iter(places), None)
    if place is None:
        return
    raise FetchError(
        f"the list of packages at `{shown(url)}` cannot be used",
        causes=[f"it says that files lie at `{shown(place[:_SHOWN])}`, where nothing can lie"],
        hints=[TELL_OWNERS],
    )


def _is_odd(place: str) -> bool:
    """Tell whether no file name can be added to what rattler takes for an address."""
    text = _plain(place)
    if not _SCHEME.match(text):
        return False
    try:
        PyMatchSpec.from_url(f"{text.partition('?')[0].partition('#')[0]}/a-1-0.conda")
    except (InvalidUrlError, InvalidMatchSpecError):
        return True
    return False


def _plain(place: str) -> str:
    return place.translate(_BLANK).strip(_AROUND)


def _texts_after(key: bytes, index: bytes) -> Iterator[str]:
    """Yield what may be values of a key: whatever texts come after it."""
    at = index.find(key)
    while at >= 0:
        at += len(key)
        yield _text_at(index, at)
        at = index.find(key, at)


def _text_at(index: bytes, at: int) -> str:
    kind = index[at] if at < len(index) else 0
    digits = _LENGTHS.get(kind, 0)
    length = kind & 0x1F if kind in _SHORT_TEXTS else 0
    if digits:
        length = int.from_bytes(index[at + 1 : at + 1 + digits], "big")
    begin = at + 1 + digits
    return index[begin : begin + length].decode(errors="replace")


def _names_odd_place(text: mmap) -> bool:
    return any(map(_is_odd, _pairs_in(text)))


def _pairs_in(text: bytes | mmap) -> Iterator[str]:
    pair = _ANY_PAIR if _SPELLED.search(text) else _PLAIN_PAIR
    for found in pair.finditer(text):
        try:
            value = json_data(found[1].decode())
        except ValueError:
            continue
        if isinstance(value, str):
            yield value
