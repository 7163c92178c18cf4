"""Composition against small tables worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wisp.errors import ManifestError
from wisp.manifest.model import Manifest
from wisp.manifest.read import load_text
from wisp.platforms import VirtualPackage
from wisp.specs.inputs import EnvironmentInputs
from wisp.workspace.activation import activation_of
from wisp.workspace.channels import channels_of
from wisp.workspace.compose import all_inputs, inputs, platform_named
from wisp.workspace.features import environment_named, features_of
from wisp.workspace.platforms import platforms_of, select_platform
from wisp.workspace.tasks import tasks_of

NOW = datetime(2025, 6, 15, 12, tzinfo=UTC)
HEAD = '[workspace]\nchannels = ["main"]\nplatforms = ["linux-64", "osx-arm64", "win-64"]\n'


def read(text: str, head: str = HEAD) -> Manifest:
    return load_text(head + text, Path("/w/pixi.toml"))


def compose(manifest: Manifest, name: str = "default", on: str = "linux-64") -> EnvironmentInputs:
    return inputs(manifest, name, on, NOW)


def versions(found: EnvironmentInputs) -> list[tuple[str, str | None]]:
    return [(r.name, r.spec.version) for r in found.dependencies]


# Targets

LAYERED = read("""
[dependencies]
a = "1.*"
b = "1.*"
[target.unix.dependencies]
b = "2.*"
c = "2.*"
[target.linux.dependencies]
c = "3.*"
[target."lin*".dependencies]
d = "4.*"
[target.linux-64.dependencies]
a = "5.*"
""")


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux-64", [("a", "5.*"), ("b", "2.*"), ("c", "3.*"), ("d", "4.*")]),
        ("osx-arm64", [("a", "1.*"), ("b", "2.*"), ("c", "2.*")]),
        ("win-64", [("a", "1.*"), ("b", "1.*")]),
    ],
)
def test_later_target_replaces_by_name_and_keeps_the_place(
    platform: str, expected: list[tuple[str, str]]
) -> None:
    assert versions(compose(LAYERED, on=platform)) == expected


def test_old_host_and_build_dependencies_win_over_others() -> None:
    manifest = read(
        '[dependencies]\na = "1.*"\nb = "1.*"\n[host-dependencies]\na = "2.*"\n'
        '[build-dependencies]\nb = "3.*"\nc = "3.*"\n'
    )
    assert versions(compose(manifest)) == [("a", "2.*"), ("b", "3.*"), ("c", "3.*")]


# Features

FEATURED = read("""
[dependencies]
shared = "1.*"
base = "*"
[feature.x.dependencies]
shared = ">=1"
x = "*"
[feature.y.dependencies]
y = "*"
shared = "1.*"
[environments]
xy = ["x", "y"]
yx = ["y", "x"]
bare = { features = ["y"], no-default-feature = true }
mine = { features = ["x"], dependencies = { own = "*", shared = "*" } }
""")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("default", [("shared", "1.*"), ("base", "*")]),
        ("xy", [("shared", ">=1"), ("shared", "1.*"), ("x", "*"), ("y", "*"), ("base", "*")]),
        ("yx", [("y", "*"), ("shared", "1.*"), ("shared", ">=1"), ("x", "*"), ("base", "*")]),
        ("bare", [("y", "*"), ("shared", "1.*")]),
        (
            "mine",
            [
                ("own", "*"),
                ("shared", "*"),
                ("shared", ">=1"),
                ("shared", "1.*"),
                ("x", "*"),
                ("base", "*"),
            ],
        ),
    ],
)
def test_features_are_united_in_their_order(
    environment: str, expected: list[tuple[str, str]]
) -> None:
    assert versions(compose(FEATURED, environment)) == expected


def test_default_feature_named_by_hand_comes_where_it_is_named() -> None:
    manifest = read('[feature.a.tasks]\n[environments]\ne = ["default", "a"]\n')
    found = features_of(manifest, manifest.environments["e"])
    assert [feature.name for feature in found] == ["default", "a", "default"]


@given(st.permutations(["p", "q", "r", "s"]))
def test_any_order_of_features_asks_for_the_same_packages(order: list[str]) -> None:
    tables = "".join(
        f'[feature.{name}.dependencies]\n{name} = "*"\ncommon = ">={index}"\n'
        for index, name in enumerate("pqrs")
    )
    listed = ", ".join(f'"{name}"' for name in order)
    found = compose(read(f"{tables}[environments]\ne = [{listed}]\n"), "e")
    assert {r.name for r in found.dependencies} == {"p", "q", "r", "s", "common"}
    expected = [f">={'pqrs'.index(name)}" for name in order]
    assert [r.spec.version for r in found.dependencies if r.name == "common"] == expected
    assert [r.name for r in found.dependencies if r.name != "common"] == order


# Channels

CHANNELS = read("""
[feature.a]
channels = ["low", { channel = "top", priority = 2 }]
[feature.b]
channels = [{ channel = "main", priority = 1 }, "./here"]
[environments]
a = ["a"]
b = ["b"]
ab = ["a", "b"]
none = { features = ["a"], no-default-feature = true }
""")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("default", ["main"]),
        ("a", ["top", "low", "main"]),
        ("b", ["main", "./here"]),
        ("ab", ["top", "main", "low", "./here"]),
        ("none", ["top", "low"]),
    ],
)
def test_channels_are_sorted_by_priority_and_named_once(
    environment: str, expected: list[str]
) -> None:
    found = channels_of(CHANNELS, CHANNELS.environments[environment])
    assert [channel.text for channel in found] == expected


def test_channels_become_urls_without_credentials() -> None:
    head = (
        "[workspace]\nplatforms = []\n"
        'channels = ["main", "https://me:secret@example.org/c", "./here"]\n'
    )
    found = channels_of(read("", head), environment_named(read("", head), "default"))
    assert [channel.url for channel in found] == [
        "https://conda.anaconda.org/main/",
        "https://example.org/c/",
        "file:///w/here/",
    ]


# Platforms


def test_environment_has_the_platforms_of_all_its_features() -> None:
    manifest = read(
        '[feature.a]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[feature.b]\nplatforms = ["osx-arm64", "win-64"]\n'
        '[environments]\na = ["a"]\nab = ["a", "b"]\n'
    )
    names = {
        e.name: [p.name for p in platforms_of(manifest, e)] for e in manifest.environments.values()
    }
    assert names == {
        "default": ["linux-64", "osx-arm64", "win-64"],
        "a": ["linux-64", "osx-arm64"],
        "ab": ["osx-arm64"],
    }


def test_plain_platform_named_by_a_feature_joins_the_workspace() -> None:
    manifest = read('[feature.a]\nplatforms = ["osx-64"]\n[environments]\na = ["a"]\n')
    default = [p.name for p in platforms_of(manifest, manifest.environments["default"])]
    assert default == ["linux-64", "osx-arm64", "win-64", "osx-64"]


RICH = (
    "[workspace]\nchannels = []\nplatforms = [\n"
    '  { name = "gpu", platform = "linux-64", cuda = "12" },\n'
    '  "linux-64",\n  { name = "mac", platform = "osx-64", macos = "14.0" },\n]\n'
)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ('["linux-64"]', ["gpu", "linux-64"]),
        ('["gpu"]', ["gpu"]),
        ('["gpu", "linux-64"]', ["gpu", "linux-64"]),
        ('["osx-64"]', ["mac"]),
        ("[]", []),
    ],
)
def test_subdir_stands_for_its_rich_platforms_unless_one_is_named(
    named: str, expected: list[str]
) -> None:
    manifest = read(f'[feature.a]\nplatforms = {named}\n[environments]\na = ["a"]\n', RICH)
    found = platforms_of(manifest, manifest.environments["a"])
    assert [platform.name for platform in found] == expected


@pytest.mark.parametrize(
    ("host", "provided", "expected"),
    [
        ("linux-64", [("__cuda", "12.4")], "gpu"),
        ("linux-64", [("__cuda", "11.8")], "linux-64"),
        ("linux-64", [], "linux-64"),
        ("osx-arm64", [("__osx", "15.1")], "mac"),
        ("osx-64", [("__osx", "13.6")], None),
        ("win-64", [], None),
    ],
)
def test_best_platform_is_the_first_the_machine_provides(
    host: str, provided: list[tuple[str, str]], expected: str | None
) -> None:
    manifest = read("", RICH)
    packages = tuple(VirtualPackage(*pair) for pair in provided)
    found = select_platform(manifest, manifest.environments["default"], host, packages)
    assert (found and found.name) == expected


def test_old_system_requirements_become_rich_platforms() -> None:
    manifest = read(
        '[system-requirements]\nlibc = "2.35"\nmacos = "14"\n'
        '[feature.gpu.system-requirements]\ncuda = "12"\nlibc = "2.31"\n'
        '[environments]\ngpu = ["gpu"]\n'
    )
    names = {
        e.name: [p.name for p in platforms_of(manifest, e)] for e in manifest.environments.values()
    }
    assert names == {
        "default": ["linux-64-glibc-2-35", "osx-arm64-macos-14", "win-64"],
        "gpu": ["linux-64-cuda-12-glibc-2-35", "osx-arm64-macos-14", "win-64-cuda-12"],
    }


def test_requirements_equal_to_the_defaults_leave_platforms_plain() -> None:
    manifest = read('[system-requirements]\nlinux = "4.18"\nmacos = "13.0"\n')
    found = platforms_of(manifest, manifest.environments["default"])
    assert all(platform.is_bare for platform in found)


def test_two_families_of_the_c_library_contradict_each_other() -> None:
    manifest = read(
        '[system-requirements]\nlibc = "2.35"\n[feature.m.system-requirements]\n'
        'libc = { family = "musl", version = "1.2" }\n[environments]\nm = ["m"]\n'
    )
    with pytest.raises(ManifestError, match="different C libraries: 'glibc' and 'musl'"):
        platforms_of(manifest, manifest.environments["m"])


def test_unknown_names_are_told() -> None:
    with pytest.raises(ManifestError, match="unknown environment 'x'"):
        compose(LAYERED, "x")
    with pytest.raises(ManifestError, match="does not support platform 'zos-z'"):
        platform_named(LAYERED, LAYERED.environments["default"], "zos-z")


# Options


def test_different_channel_priorities_are_refused_only_when_composed() -> None:
    manifest = read(
        '[feature.a]\nchannel-priority = "disabled"\n[feature.b]\nchannel-priority = "strict"\n'
        '[environments]\na = ["a"]\nab = ["a", "b"]\n'
    )
    assert compose(manifest, "a").channel_priority == "disabled"
    assert compose(manifest).channel_priority == "strict"
    with pytest.raises(ManifestError, match="Multiple channel priorities"):
        compose(manifest, "ab")


def test_first_feature_decides_on_the_solve_strategy() -> None:
    manifest = read(
        'solve-strategy = "lowest"\n[feature.a]\nsolve-strategy = "lowest-direct"\n'
        '[environments]\na = ["a"]\n'
    )
    assert compose(manifest).solve_strategy == "lowest"
    assert compose(manifest, "a").solve_strategy == "lowest-direct"


PYPI = read("""
[workspace.pypi-options]
index-url = "https://w.example/simple"
no-binary = ["w"]
[pypi-options]
extra-index-urls = ["https://a.example/simple", "https://b.example/simple"]
no-build = ["d"]
[feature.x.pypi-options]
index-url = "https://x.example/simple"
extra-index-urls = ["https://b.example/simple", "https://c.example/simple"]
no-build = true
[feature.y.pypi-options]
index-url = "https://y.example/simple"
[environments]
x = ["x"]
xy = ["x", "y"]
""")


def test_pypi_options_of_features_lie_over_those_of_the_workspace() -> None:
    default = compose(PYPI).pypi_options
    assert (default.index_url, default.no_binary) == ("https://w.example/simple", ("w",))
    found = compose(PYPI, "x").pypi_options
    assert found.index_url == "https://x.example/simple"
    assert [url[8] for url in found.extra_index_urls] == ["b", "c", "a"]
    assert found.no_build is True


def test_two_primary_indexes_are_refused() -> None:
    with pytest.raises(ManifestError, match="multiple primary pypi indexes are not supported"):
        compose(PYPI, "xy")


def test_cutoffs_become_moments() -> None:
    manifest = read(
        'exclude-newer = "2025-01-31"\n[exclude-newer]\nNumPy = "1h 30m"\n'
        '[pypi-exclude-newer]\nZope_X = "0d"\n'
    )
    found = compose(manifest).exclude_newer
    assert found.default == datetime(2025, 2, 1, tzinfo=UTC)
    assert found.packages == {"numpy": NOW - timedelta(minutes=90)}
    assert found.pypi_packages == {"zope-x": NOW}


# Activation and tasks

ACTIVE = read("""
[activation]
scripts = ["base.sh"]
env = { A = "base", B = "base" }
[target.unix.activation]
env = { B = "unix" }
[target.linux.activation]
scripts = ["linux.sh"]
[tasks]
t = "base"
u = "base"
[target.linux.tasks]
t = "linux"
[feature.f.activation]
scripts = ["f.sh"]
env = { B = "f", C = "f" }
[feature.f.tasks]
u = "f"
[environments]
f = ["f"]
""")


@pytest.mark.parametrize(
    ("environment", "platform", "scripts", "env"),
    [
        ("default", "linux-64", ("linux.sh",), {"A": "base", "B": "unix"}),
        ("default", "osx-arm64", ("base.sh",), {"A": "base", "B": "unix"}),
        ("default", "win-64", ("base.sh",), {"A": "base", "B": "base"}),
        ("f", "linux-64", ("f.sh", "linux.sh"), {"B": "f", "C": "f", "A": "base"}),
    ],
)
def test_activation_joins_scripts_and_prefers_earlier_features(
    environment: str, platform: str, scripts: tuple[str, ...], env: dict[str, str]
) -> None:
    found = ACTIVE.environments[environment]
    activation = activation_of(ACTIVE, found, platform_named(ACTIVE, found, platform))
    assert activation.scripts == scripts
    assert list(activation.env.items()) == list(env.items())


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ("default", "linux-64", {"t": "linux", "u": "base"}),
        ("default", "win-64", {"t": "base", "u": "base"}),
        ("f", "linux-64", {"u": "f", "t": "linux"}),
    ],
)
def test_task_of_the_first_feature_and_the_last_target_counts(
    environment: str, platform: str, expected: dict[str, str]
) -> None:
    found = ACTIVE.environments[environment]
    tasks = tasks_of(ACTIVE, found, platform_named(ACTIVE, found, platform))
    assert {name: task.cmd for name, task in tasks.items()} == expected


def test_all_inputs_has_each_environment_on_each_of_its_platforms() -> None:
    pairs = [(one.environment, one.platform.name) for one in all_inputs(ACTIVE, NOW)]
    platforms = ["linux-64", "osx-arm64", "win-64"]
    assert pairs == [(name, platform) for name in ("default", "f") for platform in platforms]
