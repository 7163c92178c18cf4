from __future__ import annotations

import json

import pytest

from wisp.manifest.notebook import code_of, with_code


@pytest.mark.parametrize("source", [5, None, {"a": 1}, True, [], [7], [[1]], ["a", None]])
def test_a_cell_whose_source_is_no_text_has_no_code(source: object) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": source}]})
    assert "# /// script" not in code_of(text)
    assert code_of(with_code(text, "import a\n")) == "import a\n"


def test_a_cell_without_a_source_has_no_code() -> None:
    assert code_of('{"cells": [{"cell_type": "code"}, null, 5]}') == ""
