"""Requirements as match specs, which rattler must accept; channels as URLs."""

from __future__ import annotations

from pathlib import Path

import pytest
from rattler import MatchSpec

from wisp.errors import ManifestError, WispError
from wisp.manifest.read import load_text
from wisp.specs.conda import Channel, CondaRequirement, CondaSpec, channel_url, match_spec_text
from wisp.specs.locations import PathLocation, UrlLocation

ROOT = Path("/w")
CHANNELS = (Channel("mine", "https://example.org/mine/"),)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (CondaSpec(), "a"),
        (CondaSpec(version=">=1,<2"), "a >=1,<2"),
        (CondaSpec(version="*", build="py*"), 'a *[build="py*"]'),
        (CondaSpec(build="^(x|y)$"), 'a[build="^(x|y)$"]'),
        (CondaSpec(build_number=">=2"), 'a[build_number=">=2"]'),
        (CondaSpec(channel="mine"), 'a[channel="https://example.org/mine/"]'),
        (CondaSpec(channel="b/label/c"), 'a[channel="https://conda.anaconda.org/b/label/c/"]'),
        (CondaSpec(file_name="a-1-0.conda"), 'a[fn="a-1-0.conda"]'),
        (CondaSpec(extras=("x", "y"), flags=("f",)), "a[extras=[x,y],flags=[f]]"),
        (CondaSpec(when='(__win or b >=1[build="x"])'), "a[when=\"(__win or b >=1[build='x'])\"]"),
        (
            CondaSpec(location=UrlLocation("https://e.org/a-1-0.conda"), md5="0" * 32),
            f'a[md5="{"0" * 32}",url="https://e.org/a-1-0.conda"]',
        ),
        (CondaSpec(location=PathLocation("p/a-1-0.conda")), 'a[url="file:///w/p/a-1-0.conda"]'),
    ],
)
def test_requirement_becomes_a_match_spec(spec: CondaSpec, text: str) -> None:
    found = match_spec_text(CondaRequirement("a", spec), CHANNELS, ROOT)
    assert found == text
    assert MatchSpec(found, strict=False).name.normalized == "a"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("main", "https://conda.anaconda.org/main/"),
        ("https://example.org/c/", "https://example.org/c/"),
        ("https://user:word@example.org:8080/c", "https://example.org:8080/c/"),
        ("./near", "file:///w/near/"),
        ("../up", "file:///up/"),
        ("/abs", "file:///abs/"),
    ],
)
def test_channel_has_one_url(text: str, url: str) -> None:
    assert channel_url(text, ROOT) == url


@pytest.mark.parametrize(
    "text",
    ["bad://", "file://", "file:///", "http://[", "/", "/..", "http://h:99999/c", "oci://h:x/c"],
)
def test_a_url_that_leads_nowhere_is_no_channel(text: str) -> None:
    with pytest.raises(WispError, match="is not a valid channel"):
        channel_url(text, ROOT)
    manifest = f'[workspace]\nname = "w"\nchannels = ["{text}"]\nplatforms = []\n'
    with pytest.raises(ManifestError, match="is not a valid channel") as caught:
        load_text(manifest, ROOT / "pixi.toml")
    assert caught.value.place
    assert caught.value.place.line == 3


@pytest.mark.parametrize("text", ["http://h/" + "a" * 70_000, "/" + "a/" * 9_000, "a" * 70_000])
def test_an_address_that_ends_the_engine_by_its_length_is_no_channel(text: str) -> None:
    test_a_url_that_leads_nowhere_is_no_channel(text)


@pytest.mark.parametrize("text", ["u:SECRET@h.org/c", "u:12 SECRET@h:80/c", "//u:SECRET@h.org/c"])
def test_an_address_without_its_scheme_is_no_name_of_a_channel(text: str) -> None:
    with pytest.raises(WispError, match="begins with `https://`") as told:
        channel_url(text, ROOT)
    assert "SECRET" not in str(told.value)
