"""An environment of specs is solved once and used again as long as it fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny import channel, tiny
from wisp.api.context import SessionContext
from wisp.api.spec_environments import SpecEnvironment, SpecRequest, environment_from_specs
from wisp.config.model import ConfigRequest
from wisp.errors import ManifestError, SolveError
from wisp.install.state import fingerprint_file
from wisp.layout import INSTALLING


class Tool:
    """A prefix, a channel, and a session to make environments with."""

    def __init__(self, folder: Path) -> None:
        self.prefix = folder / "prefix"
        self.channel = folder / "channel"
        self.publish("1.0")
        environ = {"HOME": str(folder / "home"), "PIXI_CACHE_DIR": str(folder / "cache")}
        self.session = SessionContext.of(ConfigRequest(environ=environ))

    def publish(self, *versions: str) -> None:
        packages = [tiny("app", version, "lib") for version in versions]
        channel(self.channel, [*packages, tiny("lib")])

    def make(self, *specs: str, anew: bool = False) -> SpecEnvironment:
        request = SpecRequest(specs=specs, channels=(self.channel.as_uri(),))
        return environment_from_specs(self.session, request, self.prefix, anew=anew)

    def says(self, package: str) -> str:
        return (self.prefix / "share" / f"{package}.txt").read_text()


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    return Tool(tmp_path)


def test_specs_become_a_prefix_with_what_they_need(tool: Tool) -> None:
    made = tool.make("app")
    assert (made.prefix, made.reused) == (tool.prefix, False)
    assert [record.name for record in made.records] == ["app", "lib"]
    assert tool.says("app") == "app 1.0\n"


def test_the_same_specs_use_it_again_without_looking_at_channels(tool: Tool) -> None:
    first = tool.make("app")
    tool.publish("1.0", "2.0")
    again = tool.make("app")
    assert again.reused
    assert again.records == first.records


def test_specs_that_it_fulfils_use_it_again(tool: Tool) -> None:
    tool.make("app")
    assert tool.make("app>=1", "lib").reused


def test_specs_that_it_does_not_fulfil_are_solved(tool: Tool) -> None:
    tool.make("app")
    tool.publish("1.0", "2.0")
    tool.session = SessionContext(tool.session.config, tool.session.environ)
    made = tool.make("app>=2")
    assert not made.reused
    assert tool.says("app") == "app 2.0\n"


def test_packages_that_no_spec_asks_for_any_more_leave(tool: Tool) -> None:
    tool.make("app")
    assert [record.name for record in tool.make("lib").records] == ["lib"]
    assert not (tool.prefix / "share" / "app.txt").exists()


def test_anew_forgets_what_was_solved(tool: Tool) -> None:
    tool.make("app")
    tool.publish("1.0", "2.0")
    tool.session = SessionContext(tool.session.config, tool.session.environ)
    assert not tool.make("app", anew=True).reused
    assert tool.says("app") == "app 2.0\n"


def test_an_interrupted_installation_is_finished(tool: Tool) -> None:
    tool.make("app")
    fingerprint_file(tool.prefix).write_text(INSTALLING)
    (tool.prefix / "share" / "app.txt").unlink()
    tool.make("app")
    assert tool.says("app") == "app 1.0\n"


def test_a_damaged_note_of_what_was_solved_is_no_obstacle(tool: Tool) -> None:
    tool.make("app")
    (tool.prefix / "conda-meta" / "wisp.lock").write_text("version: [")
    assert not tool.make("app").reused


def test_what_nothing_satisfies_leaves_the_prefix_as_it_was(tool: Tool) -> None:
    tool.make("app")
    with pytest.raises(SolveError, match="failed to solve"):
        tool.make("app>=9")
    assert tool.make("app").reused


def test_a_word_that_is_no_spec_is_refused(tool: Tool) -> None:
    with pytest.raises(ManifestError, match="no name"):
        tool.make("=no name=")
