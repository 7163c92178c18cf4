"""What uv draws becomes news, in whatever pieces it comes; what it writes to stay is kept."""

from __future__ import annotations

import pytest

from wisp.engine.uv_news import UvNews
from wisp.report import Reporter

#: As uv 0.13 draws it, at 60 columns.
BAR = "\x1b[32m------------------------------\x1b[30m\x1b[2m\x1b[0m\x1b[0m"
PREPARING = (
    "\x1b[37m⠋\x1b[0m \x1b[2mPreparing packages...\x1b[0m (0/2)      "
    f"\x1b[2msix                 \x1b[0m {BAR} 16.00 KiB/298.94 KiB      "
    "\x1b[2A\r\x1b[2K\x1b[1B\r\x1b[2K\x1b[2A"
    "\x1b[37m⠙\x1b[0m \x1b[2mPreparing packages...\x1b[0m (1/2)      "
    f"\x1b[2msix                 \x1b[0m {BAR} 298.94 KiB/298.94 KiB      "
    "   \x1b[36m\x1b[1mBuilding\x1b[0m\x1b[39m pkg\x1b[2m @ file:///pkg\x1b[0m    \r\x1b[2K"
)
LINKING = "\r\x1b[2K██████░░░░ [1/2] \x1b[2msix==1.17.0      \x1b[0m\r\x1b[2K"
SAID = "Installed 2 packages in 190ms\r\n + pkg==1\r\n + six==1.17.0\r\n"


class Heard(Reporter):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self.open: set[int] = set()

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        self.rows.append([f"{phase} {subject}".strip(), 0, total])
        self.open.add(len(self.rows) - 1)
        return len(self.rows) - 1

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        done = self.rows[token][1]
        assert isinstance(done, int)
        self.rows[token][1] = done + amount

    def finish(self, token: int) -> None:
        self.open.discard(token)


@pytest.mark.parametrize("length", [1, 7, 64, 10_000])
def test_news_are_told_in_whatever_pieces_they_come(length: int) -> None:
    heard, drawn = Heard(), PREPARING + LINKING + SAID
    with UvNews(heard) as news:
        for start in range(0, len(drawn), length):
            news.hear(drawn[start : start + length])
        assert heard.open
    assert heard.rows == [
        ["preparing PyPI packages", 1, 2],
        ["downloading six", 306115, 306115],
        ["building pkg", 0, None],
        ["linking PyPI packages", 1, 2],
    ]
    assert not heard.open
    assert news.said() == "Installed 2 packages in 190ms\n + pkg==1\n + six==1.17.0\n"


def test_a_build_ends_when_uv_says_so() -> None:
    heard = Heard()
    with UvNews(heard) as news:
        news.hear("   Building one @ file:///one  \r\x1b[2K      Built one @ file:///one\r\n")
        assert not heard.open


@pytest.mark.parametrize(
    "text", ["", "error: no news\r\n", "a - b 1 B/2 B\r\n", "\x1b[", "[1/x] six", "⠋ six"]
)
def test_what_is_no_news_is_none(text: str) -> None:
    heard = Heard()
    with UvNews(heard) as news:
        news.hear(text)
    assert heard.rows == []
