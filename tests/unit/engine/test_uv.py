from __future__ import annotations

import pytest

from wisp.engine.uv import unindented, visible_environment
from wisp.specs.settings import Network


def test_uv_sees_how_to_reach_the_network_and_no_choice_of_the_user() -> None:
    seen = visible_environment(
        {
            "PATH": "/bin",
            "UV_HTTP_TIMEOUT": "5",
            "UV_INDEX_MINE_PASSWORD": "x",
            "UV_INDEX_URL": "https://elsewhere/simple",
            "UV_RESOLUTION": "lowest",
            "VIRTUAL_ENV": "/venv",
            "PYTHONPATH": "/x",
        },
        Network(),
    )
    assert seen == {
        "PATH": "/bin",
        "UV_HTTP_TIMEOUT": "5",
        "UV_INDEX_MINE_PASSWORD": "x",
        "UV_CONCURRENT_DOWNLOADS": "50",
    }


def test_configured_proxies_stand_in_for_missing_variables() -> None:
    network = Network(https_proxy="http://p:1", non_proxy_hosts=("a", "b"))
    seen = visible_environment({}, network)
    assert (seen["HTTPS_PROXY"], seen["NO_PROXY"]) == ("http://p:1", "a,b")
    assert "HTTPS_PROXY" not in visible_environment({"https_proxy": "http://q"}, network)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("one", "one"),
        ("Because a\n      And because b\n      we can c\n", "Because a\nAnd because b\nwe can c"),
        (
            "The build failed\n\n   [stderr]\n   Traceback:\n     File x\n       raise y\n",
            "The build failed\n\n[stderr]\nTraceback:\n  File x\n    raise y",
        ),
    ],
)
def test_a_traceback_keeps_its_shape_without_the_margin(text: str, told: str) -> None:
    assert unindented(text) == told
