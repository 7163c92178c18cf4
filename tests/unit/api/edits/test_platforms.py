from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.edits.platform_words import friendly_packages, raw_packages, wanted_platforms
from wisp.api.edits.platforms import (
    PlatformChange,
    add_platforms,
    edit_platform,
    expected,
    move_platform,
    remove_platforms,
)
from wisp.api.views.platform_list import list_platforms
from wisp.console.declared_list import platform_lines
from wisp.errors import ManifestError
from wisp.lock.model import LockFile
from wisp.manifest.edit.document import ManifestPart
from wisp.manifest.model import Manifest
from wisp.manifest.read import load
from wisp.platforms import VirtualPackage
from wisp.solve.unpin import Unpin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.edits.platforms import Anchor

BASE = '[workspace]\nchannels = []\nname = "w"\nplatforms = ["linux-64", "osx-arm64", "win-64"]\n'


MACHINE = (VirtualPackage("__glibc", "2.36"), VirtualPackage("__cuda", "12.4"))


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    (tmp_path / "pixi.toml").write_text(BASE)
    return load(tmp_path / "pixi.toml")


def platforms_line(manifest: Manifest) -> str:
    lines = manifest.path.read_text().splitlines()
    return next(line for line in lines if line.startswith("platforms")).partition(" = ")[2]


def test_named_platforms_promise_packages(manifest: Manifest) -> None:
    packages = friendly_packages({"cuda": "12", "archspec": "x86_64_v3"})
    wanted = wanted_platforms(["gpu=linux-64", "__x=1=b"], packages)
    edited = add_platforms(manifest, wanted, ManifestPart.of())
    assert platforms_line(edited) == (
        '["linux-64", "osx-arm64", "win-64", { name = "gpu", subdir = "linux-64", '
        'cuda = "12", archspec = "x86_64_v3", __x = "1=b" }]'
    )
    assert edited.workspace.platforms[-1].name == "gpu"


@pytest.mark.parametrize(
    ("given", "written"),
    [("true", "true"), ("gfx90a", '"gfx90a"')],
)
def test_an_amd_gpu_is_written_as_people_write_it(
    manifest: Manifest, given: str, written: str
) -> None:
    wanted = wanted_platforms(["amd=linux-64"], friendly_packages({"amdgpu": given}))
    edited = add_platforms(manifest, wanted, ManifestPart.of())
    entry = f'{{ name = "amd", subdir = "linux-64", amdgpu = {written} }}'
    assert entry in platforms_line(edited)
    assert edited.workspace.platforms[-1].declared == wanted[0].declared


def test_an_amd_gpu_has_an_architecture_that_there_is() -> None:
    with pytest.raises(ManifestError, match="'mi250' is not an architecture"):
        friendly_packages({"amdgpu": "mi250"})
    with pytest.raises(ManifestError, match="requires `__amdgpu`"):
        wanted_platforms(["a=linux-64"], raw_packages(["__amdgpu_arch=9.0.10"]))


def test_packages_need_a_name_of_their_own() -> None:
    with pytest.raises(ManifestError, match="name of its own"):
        wanted_platforms(["linux-64"], friendly_packages({"cuda": "12"}))


def test_an_architecture_of_cuda_needs_cuda(manifest: Manifest) -> None:
    arch = friendly_packages({"cuda_arch": "8.6"})
    with pytest.raises(ManifestError, match="`__cuda_arch` requires `__cuda` to be"):
        wanted_platforms(["gpu=linux-64"], arch)
    named = wanted_platforms(["gpu=linux-64"], friendly_packages({"glibc": "2.31"}))
    edited = add_platforms(manifest, named, ManifestPart.of())
    with pytest.raises(ManifestError, match="`__cuda_arch` requires `__cuda` to be"):
        edit_platform(edited, "gpu", PlatformChange(packages=arch))


def test_this_machine_may_get_a_name(manifest: Manifest) -> None:
    wanted = wanted_platforms(["my-laptop"], (), detected=MACHINE)
    edited = add_platforms(manifest, wanted, ManifestPart.of(), first=True)
    names = [platform.name for platform in edited.workspace.platforms]
    assert names == ["my-laptop", "linux-64", "osx-arm64", "win-64"]


def test_this_machine_without_a_name_has_a_derived_one_that_is_not_written(
    manifest: Manifest,
) -> None:
    wanted = wanted_platforms([], (), detected=MACHINE)
    edited = add_platforms(manifest, wanted, ManifestPart.of(), first=True)
    first = edited.workspace.platforms[0]
    assert first.name == "linux-64-cuda-12-4-glibc-2-36"
    assert platforms_line(edited).startswith(
        '[{ subdir = "linux-64", cuda = "12.4", glibc = "2.36" }, "linux-64"'
    )
    assert expected(edited, ManifestPart.of(), first, first=True).state == "matching"


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["x=linux-64"], "pass a bare `<name>`"),
        (["a", "b"], "accepts at most one platform name; got 2"),
        (["linux-64"], "'linux-64' is a subdir"),
    ],
)
def test_this_machine_has_its_own_subdir(words: list[str], match: str) -> None:
    with pytest.raises(ManifestError, match=match):
        wanted_platforms(words, (), detected=MACHINE)


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        (["w=osx-64"], {"glibc": "2.30"}, "--glibc only applies to linux subdirs, but the "
         "platform's subdir is 'osx-64'"),
        (["w=linux-64"], {"macos": "13"}, "--macos only applies to osx subdirs, but the "
         "platform's subdir is 'linux-64'"),
        (["w=linux-64", "__cuda=11"], {"cuda": "12"},
         "virtual package '__cuda' was specified more than once on the command line"),
        (["w=linux-64", "__a=1", "__a=2"], {},
         "virtual package '__a' was specified more than once on the command line"),
        (["linux-64", "linux-64"], {},
         "platform 'linux-64' was specified more than once on the command line"),
        (["a=linux-64", "a=win-64"], {},
         "platform 'a' was specified more than once on the command line"),
        (["a=linux-64", "b=linux-64"], {"cuda": "12"},
         "options and words for virtual packages require exactly one platform argument; got 2"),
    ],
)  # fmt: skip
def test_words_are_checked_before_the_manifest(
    words: list[str], options: dict[str, str], message: str
) -> None:
    with pytest.raises(ManifestError) as raised:
        wanted_platforms(words, friendly_packages(options))
    assert raised.value.message == message


def test_raw_words_hold_for_any_subdir_and_keep_their_build(manifest: Manifest) -> None:
    wanted = wanted_platforms(["w=osx-64", "__glibc=2.30", "__cuda=12=foo_1"], ())
    edited = add_platforms(manifest, wanted, ManifestPart.of())
    assert platforms_line(edited).endswith(
        '{ name = "w", subdir = "osx-64", glibc = "2.30", __cuda = "12=foo_1" }]'
    )
    assert {*edited.workspace.platforms[-1].declared} == {*wanted[0].declared}


def test_this_machine_is_declared_once(manifest: Manifest) -> None:
    """An entry that declares the same goes to the top, whatever its name."""
    named = add_platforms(
        manifest,
        wanted_platforms(["my-laptop"], (), detected=MACHINE),
        ManifestPart.of(),
        first=True,
    )
    moved = move_platform(named, "my-laptop", "bottom")
    again = add_platforms(
        moved, wanted_platforms([], (), detected=MACHINE), ManifestPart.of(), first=True
    )
    names = [platform.name for platform in again.workspace.platforms]
    assert names == ["my-laptop", "linux-64", "osx-arm64", "win-64"]
    renamed = wanted_platforms(["other"], (), detected=MACHINE)
    with pytest.raises(ManifestError, match="'my-laptop' declares the same as 'other'"):
        add_platforms(again, renamed, ManifestPart.of(), first=True)


def test_a_script_without_platforms_gets_all_that_are_named(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    script.write_text("# /// script\n# dependencies = []\n# ///\n")
    wanted = wanted_platforms(["linux-64", "linux-aarch64"], ())
    edited = add_platforms(load(script), wanted, ManifestPart.of())
    names = [platform.name for platform in edited.workspace.platforms]
    assert names == ["linux-64", "linux-aarch64"]


def test_what_is_no_subdir_is_refused() -> None:
    with pytest.raises(ManifestError, match="'nonsense' is not a known platform"):
        wanted_platforms(["nonsense"], ())


def test_a_feature_may_name_a_platform_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64", '
        '{ name = "gpu", subdir = "linux-64", cuda = "12" }]\n[feature.f]\n'
    )
    manifest = load(tmp_path / "pixi.toml")
    wanted = wanted_platforms(["gpu"], (), known=manifest.workspace.platforms)
    edited = add_platforms(manifest, wanted, ManifestPart.of("f"))
    assert edited.features["f"].platforms == ("gpu",)
    assert edited.workspace.platforms == manifest.workspace.platforms
    with pytest.raises(ManifestError, match="'gpu' is not a known platform"):
        wanted_platforms(["gpu"], (VirtualPackage("__cuda", "13"),), known=wanted)


def test_a_feature_gets_the_name(manifest: Manifest) -> None:
    wanted = wanted_platforms(["linux-64"], ())
    edited = add_platforms(manifest, wanted, ManifestPart.of("f"))
    assert edited.features["f"].platforms == ("linux-64",)
    assert edited.workspace.platforms == manifest.workspace.platforms


def test_known_platforms_are_left_as_they_are(manifest: Manifest) -> None:
    wanted = wanted_platforms(["linux-64"], ())
    assert add_platforms(manifest, wanted, ManifestPart.of()).text == manifest.text


@pytest.mark.parametrize(
    ("name", "anchor", "other", "expected"),
    [
        ("win-64", "top", None, '["win-64", "linux-64", "osx-arm64"]'),
        ("linux-64", "bottom", None, '["osx-arm64", "win-64", "linux-64"]'),
        ("linux-64", "after", "osx-arm64", '["osx-arm64", "linux-64", "win-64"]'),
        ("win-64", "before", "osx-arm64", '["linux-64", "win-64", "osx-arm64"]'),
        ("win-64", "after", "linux-64", '["linux-64", "win-64", "osx-arm64"]'),
    ],
)
def test_moving_changes_the_order_of_preference(
    manifest: Manifest, name: str, anchor: Anchor, other: str | None, expected: str
) -> None:
    assert platforms_line(move_platform(manifest, name, anchor, other)) == expected


def test_editing_sets_and_drops_packages(manifest: Manifest) -> None:
    wanted = wanted_platforms(["gpu=linux-64"], friendly_packages({"cuda": "12"}))
    edited = add_platforms(manifest, wanted, ManifestPart.of())
    change = PlatformChange(drop=("__cuda",), packages=friendly_packages({"glibc": "2.34"}))
    edited = edit_platform(edited, "gpu", change)
    assert platforms_line(edited).endswith('{ name = "gpu", subdir = "linux-64", glibc = "2.34" }]')


RICH = '{ platform = "linux-64", cuda = "12" }'


def entry(folder: Path, written: str) -> Manifest:
    """Make a workspace of one platform, which a feature and an environment list."""
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = []\nplatforms = [{written}]\n'
    )
    name = load(folder / "pixi.toml").workspace.platforms[0].name
    with (folder / "pixi.toml").open("a") as file:
        file.write(
            f'\n[feature.f]\nplatforms = ["{name}"]\n\n[environments.e]\n'
            f'features = ["f"]\nplatforms = ["{name}"]\n'
        )
    return load(folder / "pixi.toml")


@pytest.mark.parametrize(
    ("written", "change", "now", "name"),
    [
        ('"linux-64"', PlatformChange(packages=friendly_packages({"cuda": "12"})),
         '{ subdir = "linux-64", cuda = "12" }', "linux-64-cuda-12"),
        (RICH, PlatformChange(packages=friendly_packages({"cuda": "10"})),
         '{ platform = "linux-64", cuda = "10" }', "linux-64-cuda-10"),
        (RICH, PlatformChange(drop=("__cuda",)), '"linux-64"', "linux-64"),
        ('{ name = "gpu", platform = "linux-64", cuda = "12" }', PlatformChange(clear=True),
         '"linux-64"', "linux-64"),
        ('{ name = "gpu", platform = "linux-64", cuda = "12" }', PlatformChange(drop=("__cuda",)),
         '{ name = "gpu", platform = "linux-64" }', "gpu"),
        ('{ name = "gpu", platform = "linux-64", cuda = "12" }',
         PlatformChange(raw=raw_packages(["__cuda=13"])),
         '{ name = "gpu", platform = "linux-64", cuda = "13" }', "gpu"),
    ],
)  # fmt: skip
def test_an_edited_entry_keeps_its_form_and_who_lists_it_follows(
    tmp_path: Path, written: str, change: PlatformChange, now: str, name: str
) -> None:
    old = entry(tmp_path, written)
    edited = edit_platform(old, old.workspace.platforms[0].name, change)
    assert platforms_line(edited) == f"[{now}]"
    assert edited.features["f"].platforms == (name,)
    inline = edited.environments["e"].inline
    assert inline is not None
    assert inline.platforms == (name,)


@pytest.mark.parametrize(
    "change",
    [
        PlatformChange(subdir="win-64"),
        PlatformChange(clear=True),
        PlatformChange(drop=("__cuda",)),
        PlatformChange(packages=friendly_packages({"glibc": "2.28"})),
    ],
)
def test_a_plain_subdir_stays_what_it_is(manifest: Manifest, change: PlatformChange) -> None:
    with pytest.raises(ManifestError, match="into a special subdir platform"):
        edit_platform(manifest, "linux-64", change)
    assert manifest.path.read_text() == BASE


def test_an_edit_changes_something_and_leaves_no_double(manifest: Manifest) -> None:
    wanted = wanted_platforms(["gpu=linux-64"], friendly_packages({"cuda": "12"}))
    edited = add_platforms(manifest, wanted, ManifestPart.of())
    with pytest.raises(ManifestError, match="nothing to do: pass at least one of --subdir"):
        edit_platform(edited, "gpu", PlatformChange())
    with pytest.raises(ManifestError, match="'linux-64' is declared already"):
        edit_platform(edited, "gpu", PlatformChange(clear=True))
    change = PlatformChange(subdir="osx-64", packages=friendly_packages({"glibc": "2.30"}))
    with pytest.raises(ManifestError, match="--glibc only applies to linux subdirs"):
        edit_platform(edited, "gpu", change)


def test_a_platform_is_not_moved_relative_to_itself(manifest: Manifest) -> None:
    with pytest.raises(ManifestError, match="cannot move platform 'win-64' relative to itself"):
        move_platform(manifest, "win-64", "before", "win-64")
    with pytest.raises(ManifestError, match="does not define a platform named 'x'"):
        move_platform(manifest, "win-64", "before", "x")


@pytest.mark.parametrize(("name", "hints"), [("win-46", ("did you mean `win-64`?",)), ("x", ())])
def test_an_unknown_platform_is_told_with_those_that_there_are(
    manifest: Manifest, name: str, hints: tuple[str, ...]
) -> None:
    with pytest.raises(ManifestError) as caught:
        move_platform(manifest, name, "top")
    assert caught.value.hints == (*hints, "the platforms are: linux-64, osx-arm64, win-64")


def test_removing_needs_the_platform(manifest: Manifest) -> None:
    assert platforms_line(
        remove_platforms(manifest, ["osx-arm64", "linux-64"], ManifestPart.of())
    ) == ('["win-64"]')
    with pytest.raises(ManifestError, match="does not define a platform named 'linux-32'"):
        remove_platforms(manifest, ["linux-32"], ManifestPart.of())


class Failing:
    """Locks nothing."""

    def __init__(self, folder: Path) -> None:
        self.lock_path = folder / "pixi.lock"

    def lock(
        self, manifest: Manifest, unpin: Unpin | None = None, *, dry_run: bool = False
    ) -> None:
        raise ManifestError("no")

    def install(self, manifest: Manifest, lock: LockFile) -> None:
        raise AssertionError("nothing was locked")


def test_a_failing_relock_brings_the_old_list_back(manifest: Manifest) -> None:
    with pytest.raises(ManifestError, match="no"):
        remove_platforms(manifest, ["win-64"], ManifestPart.of(), sync=Failing(manifest.root))
    assert manifest.path.read_text() == BASE


def test_the_listing_says_where_a_platform_is_used(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        BASE + '\n[feature.f]\nplatforms = ["win-64"]\n\n[environments]\nf = ["f"]\n'
    )
    listing = list_platforms(load(tmp_path / "pixi.toml"), MACHINE)
    lines = list(platform_lines(listing))
    start = lines.index("win-64: platform=win-64")
    assert lines[start + 1 :] == [
        "    Used in environments: default, f",
        "    Used in features    : f",
    ]
    entry = listing.as_data()["platforms"][-1]
    assert (entry["name"], entry["features"], entry["environments"]) == (
        "win-64",
        ["f"],
        ["default", "f"],
    )
    assert entry["detected_virtual_packages"] == ["windows=10.0", "__archspec=1=x86_64"]
