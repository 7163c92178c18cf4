"""Which proxy is asked, whoever asks: rattler or uv."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.web import Answer, Web
from tools.forge.build import Forge

#: Variables with the proxies that they name, and which of all proxies counts.
NAMED: tuple[tuple[Mapping[str, str], str], ...] = (
    ({}, "configured"),
    ({"HTTP_PROXY": "one"}, "one"),
    ({"HTTP_PROXY": "one", "http_proxy": "two"}, "one"),
    ({"HTTP_PROXY": "", "http_proxy": "two"}, "two"),
    ({"Http_Proxy": "one"}, "configured"),
    ({"ALL_PROXY": "", "all_proxy": "two"}, "two"),
)


@pytest.mark.parametrize(("named", "counts"), NAMED)
def test_one_proxy_is_asked_by_all(
    wisp: CommandLine, tmp_path: Path, forge: Forge, named: Mapping[str, str], counts: str
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        '[dependencies]\npython = "*"\n[pypi-options]\nindex-url = "http://index.invalid/simple"\n'
        '[pypi-dependencies]\nsix = "*"\n'
    )
    with (
        Web(lambda _: Answer(404)) as one,
        Web(lambda _: Answer(404)) as two,
        Web(lambda _: Answer(404)) as configured,
    ):
        webs = {"one": one, "two": two, "configured": configured}
        wisp("config", "set", "-g", "proxy-config.http", configured.url, cwd=tmp_path).success()
        env = {name: webs[value].url if value in webs else value for name, value in named.items()}
        env["UV_HTTP_RETRIES"] = "0"
        channel = "http://channel.invalid/c"
        wisp("search", "six", "-c", channel, cwd=tmp_path, env=env)
        wisp("lock", cwd=tmp_path, env=env)
        hosts = {name: {asked.headers["host"] for asked in web.asked} for name, web in webs.items()}
    others = {name: found for name, found in hosts.items() if name != counts}
    assert not any(others.values()), others
    assert {"channel.invalid", "index.invalid"} <= hosts[counts]
