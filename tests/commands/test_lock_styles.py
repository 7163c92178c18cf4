"""A verdict that does not change with the tool: locks in the style of every release since v6.

Whatever names and hashes a release wrote, a lock that fulfils its manifest is taken by `--locked`,
at every level; `lock --check` asks for the newest format as well, as Pixi's does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge
from wisp.compat import RELEASES

pytestmark = pytest.mark.forked

GPU = '{ name = "gpu", platform = "linux-64", cuda = "12" }'


def as_v6(text: str) -> str:
    """The style of Pixi 0.70 and before: no rows for platforms."""
    return re.sub(r"platforms:\n(?:[- ] .*\n)+", "", text.replace("version: 7", "version: 6", 1))


def with_numbers(text: str) -> str:
    """The style of 0.71 to 0.77: rich platforms have an alias."""
    return text.replace("- name: gpu\n", "- name: p1\n").replace("      gpu:\n", "      p1:\n")


def with_moments(text: str) -> str:
    """The style of 0.84: when the channel listed a package, and what attests it."""
    digest = "ab" * 32
    text = re.sub(r"(  md5: .*\n)", rf"\1  attestations_sha256: {digest}\n", text)
    return re.sub(r"(  timestamp: .*\n)", r"\1  indexed_timestamp: 1700000000001\n", text)


#: The style, whether its manifest has a platform with virtual packages, and how it is made.
STYLES: dict[str, tuple[bool, Callable[[str], str]]] = {
    "0.70": (False, as_v6),
    "0.77": (True, with_numbers),
    "0.78": (True, lambda text: text),
    "0.84": (True, with_moments),
    "0.84 with numbers": (True, lambda text: with_numbers(with_moments(text))),
}


def workspace(folder: Path, forge: Forge, *, rich: bool) -> Path:
    more = f", {GPU}" if rich else ""
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"{more}]\n'
        '[dependencies]\ngreeter = "*"\n'
    )
    return folder


@pytest.fixture
def newest(wisp: CommandLine, forge: Forge, tmp_path: Path) -> Callable[[bool], str]:
    """Lock at the newest level, with or without a platform that has virtual packages."""

    def locked(rich: bool) -> str:
        folder = workspace(tmp_path, forge, rich=rich)
        (folder / "pixi.lock").unlink(missing_ok=True)
        wisp("lock", "--compat", RELEASES[-1], cwd=folder).success()
        return (folder / "pixi.lock").read_text()

    return locked


@pytest.mark.parametrize("level", [RELEASES[0], RELEASES[-1]])
@pytest.mark.parametrize("style", STYLES)
def test_a_lock_of_any_release_is_taken_as_it_is(
    wisp: CommandLine, tmp_path: Path, newest: Callable[[bool], str], style: str, level: str
) -> None:
    rich, restyle = STYLES[style]
    text = restyle(newest(rich))
    file = tmp_path / "pixi.lock"
    file.write_text(text)
    env = {"WISP_PIXI_COMPAT": level}
    wisp("install", "--locked", cwd=tmp_path, env=env).success()
    wisp("list", "--locked", cwd=tmp_path, env=env).success()
    is_old = text.startswith("version: 6")
    assert wisp("lock", "--check", cwd=tmp_path, env=env).code == (1 if is_old else 0)
    assert file.read_text() == text


@pytest.mark.parametrize("level", [RELEASES[0], RELEASES[-1]])
def test_a_lock_that_does_not_fit_is_refused_in_every_style(
    wisp: CommandLine, tmp_path: Path, newest: Callable[[bool], str], level: str
) -> None:
    manifest = tmp_path / "pixi.toml"
    for rich, restyle in STYLES.values():
        (tmp_path / "pixi.lock").write_text(restyle(newest(rich)))
        manifest.write_text(manifest.read_text().replace('"*"', '"1.*"'))
        refused = wisp("install", "--locked", cwd=tmp_path, env={"WISP_PIXI_COMPAT": level})
        assert refused.code == 1


def test_names_change_only_when_something_else_does(
    wisp: CommandLine, tmp_path: Path, newest: Callable[[bool], str]
) -> None:
    file = tmp_path / "pixi.lock"
    old = with_numbers(with_moments(newest(True)))
    file.write_text(old)
    wisp("lock", "--compat", "0.85", cwd=tmp_path).success()
    assert file.read_text() == old
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('greeter = "*"', 'greeter = "1.*"'))
    wisp("lock", "--compat", "0.85", cwd=tmp_path).success()
    new = file.read_text()
    assert "- name: gpu\n" in new
    assert "p1" not in new
    manifest.write_text(manifest.read_text().replace('greeter = "1.*"', 'greeter = "2.*"'))
    wisp("lock", "--compat", "0.77", cwd=tmp_path).success()
    assert "- name: p1\n" in file.read_text()


WHEEL = """\
version: 7
platforms:
- name: linux-64
environments:
  default:
    channels:
    - url: https://example.org/conda-pypi/
    packages:
      linux-64:
      - conda: https://example.org/conda-pypi/noarch/tiny-1.0-py3-none-any.whl
packages:
- conda: https://example.org/conda-pypi/noarch/tiny-1.0-py3-none-any.whl
  name: tiny
  version: '1.0'
  build: py3_none_any_0
  subdir: noarch
  noarch: python
  sha256: abababababababababababababababababababababababababababababababab
"""


def test_a_lock_with_a_wheel_of_a_channel_is_taken(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = ["https://example.org/conda-pypi"]\n'
        'platforms = ["linux-64"]\n[dependencies]\ntiny = "*"\n'
    )
    (tmp_path / "pixi.lock").write_text(WHEEL)
    wisp("lock", "--check", cwd=tmp_path).success()
    assert "tiny" in wisp("list", "--locked", "--no-install", cwd=tmp_path).success().stdout
    assert (tmp_path / "pixi.lock").read_text() == WHEEL
