from __future__ import annotations

from typing import Any

import pytest

from wisp.errors import ManifestError
from wisp.image.documents import HealthCheck
from wisp.image.settings import ImageSettings, read_settings


def read(table: Any, environment: str = "default") -> ImageSettings:
    return read_settings({"tool": {"wisp": {"image": table}}}, environment)


def test_without_a_table_all_is_as_usual() -> None:
    assert read_settings({}, "default") == ImageSettings()
    assert read_settings({"tool": {"other": 1}}, "default") == ImageSettings()


def test_every_key_is_read() -> None:
    found = read(
        {
            "base": "./rootfs",
            "bases": {"mine": "corp/base"},
            "prefix": "/srv/env",
            "workdir": "/srv/app",
            "user": "root",
            "task": "serve",
            "ports": [8080, "53/udp"],
            "labels": {"a": "b"},
            "health": {"command": ["true"], "interval": 5, "retries": 2},
            "code": False,
            "include": ["a"],
            "exclude": ["b"],
            "slim": ["safe", "tests"],
            "compression": "zstd",
            "tags": ["ghcr.io/me/app"],
            "debian-packages": ["libffi8"],
            "debian-mirror": "http://mirror/debian",
        }
    )
    assert found == ImageSettings(
        base="./rootfs",
        bases={"mine": "corp/base"},
        prefix="/srv/env",
        workdir="/srv/app",
        user="root",
        task="serve",
        ports=("8080/tcp", "53/udp"),
        labels={"a": "b"},
        health=HealthCheck(command=("true",), interval=5.0, retries=2),
        code=False,
        include=("a",),
        exclude=("b",),
        slim=("static", "headers", "docs", "tests"),
        compression="zstd",
        tags=("ghcr.io/me/app",),
        debian_packages=("libffi8",),
        debian_mirror="http://mirror/debian",
    )


def test_a_command_takes_the_place_of_a_task_and_the_other_way_round() -> None:
    assert read({"command": ["python", "-V"]}).command == ("python", "-V")
    found = read({"task": "a", "environments": {"prod": {"command": ["b"]}}}, "prod")
    assert (found.task, found.command) == (None, ("b",))
    assert read({"command": ["b"], "environments": {"prod": {"task": "a"}}}, "prod").task == "a"


def test_an_environment_may_differ() -> None:
    table = {"user": "1:1", "task": "a", "environments": {"prod": {"task": "b"}}}
    assert (read(table).task, read(table, "prod").task, read(table, "prod").user) == (
        "a",
        "b",
        "1:1",
    )


def test_a_key_near_to_a_known_one_is_told_so() -> None:
    with pytest.raises(ManifestError) as caught:
        read({"tag": "x"})
    assert caught.value.hints[0] == "did you mean `tags`?"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (1, "image` must be a table"),
        ({"tasks": "x"}, r"`tool.wisp.image.tasks` is unknown"),
        ({"task": 1}, r"`tool.wisp.image.task` must be a text"),
        ({"prefix": "opt"}, "an absolute path"),
        ({"prefix": "/opt/../etc"}, "an absolute path"),
        ({"prefix": "/a b"}, "an absolute path"),
        ({"prefix": "/"}, "an absolute path"),
        ({"user": "a b"}, "a user like"),
        ({"ports": ["x"]}, "a list of ports"),
        ({"ports": [70000]}, "a list of ports"),
        ({"ports": [True]}, "a list of ports"),
        ({"command": "python app.py"}, "a list of texts"),
        ({"labels": {"a": 1}}, "a table of texts"),
        ({"code": "no"}, "true or false"),
        ({"compression": "bzip2"}, "`gzip`, `zstd` or `zstd-max`"),
        ({"health": {"interval": 3}}, r"health.command` must be"),
        ({"health": {"command": ["a"], "interval": 0}}, "a number above 0"),
        ({"health": {"command": ["a"], "interval": float("nan")}}, "a number above 0"),
        ({"health": {"command": ["a"], "timeout": float("inf")}}, "a number above 0"),
        ({"health": {"command": ["a"], "retries": 2.5}}, "a whole number above 0"),
        ({"task": "a", "command": ["b"]}, r"image` has a `task` and a `command`"),
        ({"health": {"command": ["a"], "other": 0}}, "health` must be"),
        ({"environments": {"default": {"task": 1}}}, r"environments.default.task` must be"),
        ({"environments": {"default": 3}}, r"environments.default` must be a table"),
    ],
)
def test_what_is_wrong_is_named(table: Any, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        read(table)


def test_an_unknown_rule_of_slimming_is_named() -> None:
    with pytest.raises(ManifestError, match="`fat`"):
        read({"slim": ["fat"]})
