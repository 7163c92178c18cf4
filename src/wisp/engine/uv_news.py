"""What uv draws on a terminal, read as it comes: downloads, builds, what it is at.

uv has no other way of telling it. Its bars name a package and tell bytes; what it writes to stay
follows after the bars were erased.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from wisp.patterns import pattern
from wisp.report import BYTES, DOWNLOADING, Reporter
from wisp.specs.pypi import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

#: Keeps uv from breaking long lines at the edge of a terminal that nobody sees.
DRAWING = {"UV_NO_WRAP": "1", "TERM": "xterm"}
NOWHERE: Mapping[str, str] = MappingProxyType({})

_UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}
_CONTROL = pattern(r"\x1b\[[0-9;?]*[A-Za-z]")
_UNFINISHED = pattern(r"\x1b(?:\[[0-9;?]*)?\Z")
_ERASED = pattern(r"\r|\x1b\[2K")
_AMOUNT = r"([\d.]+) (B|[KMGT]iB)"
_NEWS = pattern(
    rf"(?P<file>[\w.-]+)\s+-{{30}}\s+(?P<done>{_AMOUNT})/(?P<size>{_AMOUNT})"
    r"|Preparing packages\.\.\.\s+\((?P<ready>\d+)/(?P<wanted>\d+)\)"
    r"|\[(?P<linked>\d+)/(?P<links>\d+)\] (?P<link>[\w.-]+)"
    r"|[⠀-⣿] (?P<looked>[\w.-]+)==\S"
    r"|Building (?P<building>[\w.-]+)"
    r"|Built (?P<built>[\w.-]+)"
)
#: The longest piece of news that may come in two parts.
_LONGEST = 400


class UvNews:
    """Tells a reporter what uv shows, and keeps what it says. Ends with its `with` block.

    `hosts` are where packages come from, by their names.
    """

    def __init__(self, reporter: Reporter, hosts: Mapping[str, str] = NOWHERE) -> None:
        self._reporter = reporter
        self._hosts = hosts
        self._heard: list[str] = []
        self._rest = ""
        self._half = ""
        self._files: dict[str, tuple[int, int, int]] = {}
        self._drawn: set[str] = set()
        self._missed: set[str] = set()
        self._works: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for told in (*self._files.values(), *self._works.values()):
            self._reporter.finish(told[0])

    def hear(self, text: str) -> None:
        """Take the next piece of what is drawn."""
        self._heard.append(text)
        text = self._half + text
        cut = _UNFINISHED.search(text)
        self._half = cut[0] if cut else ""
        shown = self._rest + _CONTROL.sub("", text[: cut.start()] if cut else text)
        end = 0
        for news in _NEWS.finditer(shown):
            # What ends where the piece ends may go on in the next one.
            if news.end() < len(shown):
                self._tell(news)
                end = news.end()
        self._rest = shown[max(end, len(shown) - _LONGEST) :]

    def said(self) -> str:
        """Return what uv wrote to stay."""
        lines = "".join(self._heard).split("\n")
        kept = (_ERASED.split(line.rstrip("\r"))[-1] for line in lines)
        return "\n".join(_CONTROL.sub("", line).rstrip() for line in kept)

    def _tell(self, news: re.Match[str]) -> None:
        if news["file"]:
            self._file(news["file"], _bytes(news["done"]), _bytes(news["size"]))
        elif news["wanted"]:
            self._complete(self._next_frame())
            self._stage("preparing PyPI packages", int(news["ready"]), int(news["wanted"]))
        elif news["link"]:
            self._complete(set(self._files))
            self._stage("linking PyPI packages", int(news["linked"]), int(news["links"]))
            self._reporter.mention(self._works["linking PyPI packages"][0], news["link"])
        elif news["looked"]:
            self._stage("looking at", 0, None)
            self._reporter.mention(self._works["looking at"][0], news["looked"])
        elif news["building"]:
            self._work(f"building {news['building']}", 0, None)
        else:
            self._end(f"building {news['built']}")

    def _next_frame(self) -> set[str]:
        """Begin a drawing of all bars; return the files that were in neither of the last two."""
        missed = {name for name in self._files if name not in self._drawn}
        gone = missed & self._missed
        self._drawn, self._missed = set(), missed
        return gone

    def _complete(self, names: set[str]) -> None:
        """End files whose bars were erased, mostly before they were drawn at full length."""
        for name in names:
            token, done, size = self._files[name]
            if done < size:
                self._reporter.advance(token, size - done)
                self._reporter.finish(token)
                self._files[name] = (token, size, size)

    def _file(self, name: str, done: int, size: int) -> None:
        self._drawn.add(name)
        token, before, _ = self._files.get(name, (0, -1, size))
        if before >= size:
            return
        if before < 0:
            host = self._hosts.get(normalize(name), "")
            token, before = self._reporter.start(DOWNLOADING, name, size), 0
            self._reporter.describe(token, unit=BYTES, source=host)
        if done > before:  # uv draws anew although nothing came
            self._reporter.advance(token, done - before)
        self._files[name] = (token, max(done, before), size)
        if done >= size:
            self._reporter.finish(token)

    def _stage(self, phase: str, done: int, total: int | None) -> None:
        """Tell of one of the stages that follow one another: the others are over."""
        for other in [name for name in self._works if not name.startswith("building ")]:
            if other != phase:
                self._end(other)
        self._work(phase, done, total)

    def _end(self, phase: str) -> None:
        if phase in self._works:
            self._reporter.finish(self._works.pop(phase)[0])

    def _work(self, phase: str, done: int, total: int | None) -> None:
        if phase not in self._works:
            self._works[phase] = (self._reporter.start(phase, total=total), 0)
            hosts = ", ".join(dict.fromkeys(self._hosts.values()))
            self._reporter.describe(self._works[phase][0], source=hosts)
        token, before = self._works[phase]
        if done > before:
            self._reporter.advance(token, done - before, total)
            self._works[phase] = (token, done)


def _bytes(text: str) -> int:
    amount, unit = text.split(" ")
    return round(float(amount) * _UNITS[unit])
