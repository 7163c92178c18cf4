from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.web import Answer, Asked, Web
from wisp.engine.http import HttpClient
from wisp.engine.index_files import newest_version, wheels_of
from wisp.errors import FetchError
from wisp.specs.settings import Network

WHEEL = "six-1.0-py3-none-any.whl"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Index:
    """An index that answers everything by one text."""

    text = ""

    def answer(self, _: Asked) -> Answer:
        return Answer(200, {"Content-Type": "application/json"}, self.text.encode())


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def web(index: Index) -> Iterator[Web]:
    with Web(index.answer) as server:
        yield server


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "[]",
            "1",
            "{",
            "[" * 60_000,
            '{"files": 1}',
            '{"files": {"a": 1}}',
            '{"files": [1]}',
        ),
        '{"files": [{}]}',
        '{"files": [{"filename": 1, "url": "x"}]}',
        '{"files": [{"filename": "x", "url": []}]}',
        '{"files": [{"filename": "x", "url": "http://[x"}]}',
        '{"files": [{"filename": "x", "url": "x", "hashes": 1}]}',
        '{"files": [{"filename": "x", "url": "x", "hashes": {"sha256": 1}}]}',
    ],
)
def test_a_page_of_odd_form_is_told_with_its_address(index: Index, web: Web, text: str) -> None:
    index.text = text
    http = HttpClient(Network(), {})
    for ask in (
        lambda: newest_version(http, web.url, "six"),
        lambda: wheels_of(http, web.url, "six", "1.0"),
    ):
        with pytest.raises(FetchError, match="is no page of an index") as told:
            ask()
        assert f"{web.url}/six/" in str(told.value)


@pytest.mark.parametrize("time", [None, 1, "yesterday", "2025-01-01", "2027-01-01T00:00:00Z"])
def test_a_file_of_unknown_age_is_too_new(index: Index, web: Web, time: object) -> None:
    row = {"filename": WHEEL, "url": f"../{WHEEL}", "upload-time": time}
    index.text = json.dumps({"files": [row, {**row, "upload-time": "2025-01-01T00:00:00Z"}]})
    http = HttpClient(Network(), {})
    (found,) = wheels_of(http, web.url, "six", "1.0", MOMENT)
    assert found.location == f"{web.url}/{WHEEL}"
    assert len(wheels_of(http, web.url, "six", "1.0")) == 2
