from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.uv import unindented, users_login, visible_environment
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


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://example.com/team/simple", True),
        ("https://example.com/team", True),
        ("https://example.com/teams/simple", False),
        ("https://example.com.evil/team/simple", False),
    ],
)
def test_a_login_of_uvs_own_is_for_what_lies_below_its_service(
    tmp_path: Path, url: str, known: bool
) -> None:
    (tmp_path / "credentials.toml").write_text(
        '[[credential]]\nservice = "https://example.com/team/"\nusername = "me"\npassword = "x"\n'
    )
    found = users_login({"UV_CREDENTIALS_DIR": str(tmp_path)}, url)
    assert (found is not None) is known
