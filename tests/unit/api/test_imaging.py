from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wisp.api.imaging.annotating import source_url
from wisp.api.imaging.options import ImageOverrides, overridden
from wisp.api.imaging.packaging import refuse_elsewhere
from wisp.api.imaging.registry_sessions import session_with
from wisp.engine.apt_sources import host_mirror
from wisp.errors import HostError, ManifestError, UsageError
from wisp.image.documents import HealthCheck
from wisp.image.settings import ImageSettings
from wisp.specs.oci import Reference


def test_what_a_call_says_counts_before_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "rootfs").mkdir()
    settings = ImageSettings(labels={"a": "1", "b": "2"}, task="serve", ports=("1/tcp",))
    given = ImageOverrides(
        texts={"base": "rootfs", "prefix": "/srv/env"},
        lists={"ports": ("8080",), "slim": ("all",)},
        labels=(("b", "3"),),
        bases=(("cuda-12", "corp/cuda"),),
        health={"command": ["true"], "interval": 5.0},
        compression="zstd",
        no_code=True,
    )
    found = overridden(settings, given, tmp_path)
    assert (found.base, found.prefix) == (str(tmp_path / "rootfs"), "/srv/env")
    assert (found.ports, found.labels) == (("8080/tcp",), {"a": "1", "b": "3"})
    assert (found.task, found.compression, found.code) == ("serve", "zstd", False)
    assert "tests" in found.slim
    assert found.bases == {"cuda-12": "corp/cuda"}
    assert found.health == HealthCheck(command=("true",), interval=5.0)
    only = overridden(found, ImageOverrides(health={"retries": 5}), tmp_path).health
    assert only == HealthCheck(command=("true",), interval=5.0, retries=5)


def test_a_health_check_needs_a_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="what asks whether a container is well"):
        overridden(ImageSettings(), ImageOverrides(health={"retries": 5.0}), tmp_path)


def test_a_base_that_is_not_on_this_disk_is_a_name(tmp_path: Path) -> None:
    given = ImageOverrides(texts={"base": "debian:13"})
    assert overridden(ImageSettings(), given, tmp_path).base == "debian:13"
    command = ImageOverrides(lists={"command": ("sh",)})
    assert overridden(ImageSettings(task="serve"), command, tmp_path).task is None
    with pytest.raises(ManifestError, match="an absolute path"):
        overridden(ImageSettings(), ImageOverrides(texts={"workdir": "app"}), tmp_path)


def test_link_scripts_for_other_machines_are_refused() -> None:
    refuse_elsewhere((), "win-64")
    with pytest.raises(HostError, match=r"for win-64 cannot run on .*: a, b"):
        refuse_elsewhere(("a", "b"), "win-64")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("sources.list", "deb http://one/debian trixie main\n", "http://one/debian"),
        ("sources.list", "deb [arch=amd64] https://two/debian/ trixie main", "https://two/debian"),
        ("sources.list.d/d.sources", "Types: deb\nURIs: http://x/debian\n", "http://x/debian"),
        ("sources.list", "# deb http://one/debian x\ndeb http://one/ubuntu noble main", None),
        ("sources.list", "deb cdrom:[Debian]/ trixie main\n", None),
        ("sources.list.d/s.sources", "URIs: http://x/debian-security\n", None),
    ],
)
def test_the_mirror_of_the_host_is_found(
    tmp_path: Path, name: str, text: str, found: str | None
) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / name).write_text(text)
    assert host_mirror(tmp_path) == found


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://example.org/team/app.git", "https://example.org/team/app"),
        ("https://somebody:canary@example.org/team/app", "https://example.org/team/app"),
        ("https://example.org/team/app?token=canary", "https://example.org/team/app"),
        ("git@example.org:team/app.git", "https://example.org/team/app"),
        ("ssh://git@example.org:2222/team/app.git", "https://example.org/team/app"),
        ("/srv/git/app.git", None),
        ("../app", None),
        ("file:///srv/git/app.git", None),
        ("", None),
    ],
)
def test_the_source_of_an_image_is_spelled_as_people_open_it(remote: str, url: str | None) -> None:
    assert source_url(remote) == url


def test_logins_that_cannot_be_read_are_told_where_a_registry_is_asked_without(
    tmp_path: Path,
) -> None:
    docker = tmp_path / ".docker/config.json"
    docker.parent.mkdir()
    docker.symlink_to(docker.name)
    told: list[str] = []
    workspace: Any = SimpleNamespace(
        environ={"HOME": str(tmp_path)},
        session=SimpleNamespace(credentials=None, http=None),
        reporter=SimpleNamespace(warn=lambda words, hints: told.append(words)),
    )
    session_with(workspace, Reference.parse("debian"))
    assert [words.partition(": ")[0] for words in told] == [f"could not read `{docker}`"]
