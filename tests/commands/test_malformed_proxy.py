"""A variable for a proxy that names none: told once, by its name, and counted as unset by all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server


@pytest.mark.parametrize("text", ["http://[bad", "http://u:secret @h:1", "proxy:port"])
def test_both_engines_and_our_own_client_do_without_it(
    tmp_path: Path, cold_wisp: CommandLine, forge: Forge, forge_server: Server, text: str
) -> None:
    channel, index = f"{forge_server.url}/main", f"{forge_server.url}/simple"
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'
        f'[pypi-options]\nindex-url = "{index}"\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-dependencies]\nforge-extras = "*"\n'
    )
    done = cold_wisp("lock", cwd=tmp_path, env={"http_proxy": text}).success()
    assert done.stderr.count("`http_proxy` is ignored:") == 1
    assert "secret" not in done.stderr
    fetched = cold_wisp(
        "run", "--script", f"{forge_server.url}/none.py", cwd=tmp_path, env={"http_proxy": text}
    )
    assert "404" in fetched.stderr
    assert fetched.stderr.count("`http_proxy` is ignored:") == 1


def test_commands_that_ask_nobody_say_nothing_of_it(tmp_path: Path, wisp: CommandLine) -> None:
    wisp("init", cwd=tmp_path).success()
    done = wisp("task", "list", cwd=tmp_path, env={"https_proxy": "http://[bad"})
    assert "proxy" not in done.stderr


@pytest.mark.parametrize("others", [{}, {"http_proxy": "http://127.0.0.1:9"}])
def test_a_kind_of_proxy_that_no_engine_knows_is_told(
    tmp_path: Path, wisp: CommandLine, others: dict[str, str]
) -> None:
    done = warned_of_sockets(tmp_path, wisp, others)
    assert done.count("`all_proxy` is ignored:") == 1


def test_it_is_not_where_each_scheme_has_a_proxy_of_its_own(
    tmp_path: Path, wisp: CommandLine
) -> None:
    own = "http://127.0.0.1:9"
    assert not warned_of_sockets(tmp_path, wisp, {"http_proxy": own, "https_proxy": own})


def warned_of_sockets(folder: Path, wisp: CommandLine, others: dict[str, str]) -> str:
    """Lock in a folder without any dependency, and return what is said besides."""
    (folder / "pixi.toml").write_text(
        '[workspace]\nchannels = ["https://127.0.0.1:9/none"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\nx = "*"\n'
    )
    done = wisp("lock", cwd=folder, env={"all_proxy": "socks://127.0.0.1:9", **others})
    return "".join(line for line in done.stderr.splitlines(True) if "is ignored" in line)
