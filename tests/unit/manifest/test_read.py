"""What sound manifests mean, table by table."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.model import Manifest
from wisp.manifest.read import ScriptDefaults, load_text
from wisp.platforms import VirtualPackage
from wisp.specs.conda import CondaSpec
from wisp.specs.locations import GitLocation, PathLocation, UrlLocation
from wisp.specs.mapping import CondaPypiMap
from wisp.specs.pypi import FindLinks, PypiSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.model import ManifestKind

ROOT = Path("/somewhere/shop")
HEAD = '[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64", "win-64"]\n'


def read(text: str, *, head: str = HEAD, kind: ManifestKind = "pixi") -> Manifest:
    name = "pyproject.toml" if kind == "pyproject" else "pixi.toml"
    return load_text(head + text, ROOT / name, kind)


def conda(text: str) -> dict[str, CondaSpec]:
    manifest = read(f'preview = ["pixi-build"]\n[dependencies]\n{text}')
    return {r.name: r.spec for r in manifest.features["default"].base.dependencies}


def pypi(text: str) -> dict[str, PypiSpec]:
    manifest = read(f"[pypi-dependencies]\n{text}")
    return {r.name: r.spec for r in manifest.features["default"].base.pypi_dependencies}


def test_name_falls_back_to_package_then_folder() -> None:
    build = '[package]\nname = "till"\nbuild = { backend = { name = "b" } }\n'
    assert read('name = "desk"\n').workspace.name == "desk"
    assert read('preview = ["pixi-build"]\n' + build).workspace.name == "till"
    assert read("").workspace.name == "shop"


def test_names_are_compared_in_lower_case_and_kept_as_written() -> None:
    (requirement,) = read('[dependencies]\nPyYAML = "*"\n').features["default"].base.dependencies
    assert (requirement.name, requirement.source_name) == ("pyyaml", "PyYAML")


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        ('">=1, <2"', CondaSpec(version=">=1,<2")),
        ('{ version = "1.*", build = "py*" }', CondaSpec(version="1.*", build="py*")),
        ('{ build-number = ">=2" }', CondaSpec(build_number=">=2")),
        ('{ path = "./a" }', CondaSpec(location=PathLocation("./a"))),
        (
            '{ git = "https://example.org/a", tag = "v1", subdirectory = "s" }',
            CondaSpec(location=GitLocation("https://example.org/a", "tag", "v1", "s")),
        ),
        (
            '{ url = "https://example.org/a-1-0.conda" }',
            CondaSpec(location=UrlLocation("https://example.org/a-1-0.conda")),
        ),
        ('{ version = "*", when = "__cuda>=12" }', CondaSpec(version="*", when="__cuda >=12")),
        (
            '{ version = "*", when = { any = ["__win", { all = ["a <2", "b"] }] } }',
            CondaSpec(version="*", when="(__win or (a <2 and b))"),
        ),
        (
            '{ version = "*", when = { package = "a", version = ">=1", build = "x*" } }',
            CondaSpec(version="*", when='a >=1[build="x*"]'),
        ),
    ],
)
def test_conda_requirement_is_read(written: str, spec: CondaSpec) -> None:
    assert conda(f"a = {written}") == {"a": spec}


def test_bare_version_is_exact_and_warned_of() -> None:
    manifest = read('[dependencies]\na = "1.2"\n')
    assert manifest.features["default"].base.dependencies[0].spec.version == "==1.2"
    assert "ambiguous version specifier '1.2'" in manifest.warnings[0]
    assert manifest.warnings[0].startswith("Encountered 1 warning while parsing the manifest:")


def test_warnings_without_number_do_not_flood_the_terminal() -> None:
    """Row 253."""
    rows = "".join(f'a{number} = "1.{number}"\n' for number in range(1000))
    (told,) = read(f"[dependencies]\n{rows}").warnings
    assert told.startswith("Encountered 1000 warnings")
    assert told.endswith("\n  - and 800 more")
    assert told.count("\n  - ") == 201


def test_pool_entry_is_completed_by_the_keys_beside_it() -> None:
    pool = '[workspace.dependencies]\na = "1.*"\n'
    (requirement,) = (
        read(pool + '[dependencies]\na = { workspace = true, build = "x" }\n')
        .features["default"]
        .base.dependencies
    )
    assert requirement.spec == CondaSpec(version="1.*", build="x")


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        ('""', PypiSpec()),
        ("{}", PypiSpec()),
        ('"<3,>=1.0"', PypiSpec(version=">=1.0, <3")),
        ('{ version = "~=1.4", extras = ["x"] }', PypiSpec(version="~=1.4", extras=("x",))),
        ('{ path = ".", editable = true }', PypiSpec(location=PathLocation(".", True))),
        (
            '{ git = "ssh://git@example.org/a", rev = "0a1" }',
            PypiSpec(location=GitLocation("ssh://git@example.org/a", "rev", "0a1")),
        ),
        (
            '{ index = "https://example.org/simple" }',
            PypiSpec(index="https://example.org/simple"),
        ),
    ],
)
def test_pypi_requirement_is_read(written: str, spec: PypiSpec) -> None:
    assert pypi(f"a = {written}") == {"a": spec}


def test_two_spellings_of_a_pypi_name_are_one_package() -> None:
    assert pypi('Zope_X = ">=1"\nzope-x = ">=2"') == {"Zope_X": PypiSpec(version=">=2")}


def test_platform_gets_a_name_from_what_it_promises() -> None:
    text = '{ platform = "linux-64", linux = "6.1", cuda = "12.4", __odd = "1=b", glibc = "2.28" }'
    manifest = read("", head=f"[workspace]\nchannels = []\nplatforms = [{text}]\n")
    (platform,) = manifest.workspace.platforms
    assert platform.name == "linux-64-cuda-12-4-linux-6-1-odd-1-b"
    assert platform.declared[-1] == VirtualPackage("__odd", "1", "b")


def test_cuda_may_name_driver_and_architecture() -> None:
    text = '{ platform = "linux-64", cuda = { driver = "13", arch = "9.0" } }'
    manifest = read("", head=f"[workspace]\nchannels = []\nplatforms = [{text}]\n")
    declared = manifest.workspace.platforms[0].declared
    assert declared == (VirtualPackage("__cuda", "13"), VirtualPackage("__cuda_arch", "9.0"))


@pytest.mark.parametrize(
    ("written", "declared", "name"),
    [
        ("true", ("__amdgpu=0=0",), "linux-64-amdgpu"),
        ("false", (), "linux-64"),
        (
            '"gfx1151"',
            ("__amdgpu=0=0", "__amdgpu_arch=11.5.1"),
            "linux-64-amdgpu-amdgpu-arch-11-5-1",
        ),
    ],
)
def test_an_amd_gpu_is_promised_with_or_without_architecture(
    written: str, declared: tuple[str, ...], name: str
) -> None:
    text = f'{{ platform = "linux-64", amdgpu = {written} }}'
    manifest = read("", head=f"[workspace]\nchannels = []\nplatforms = [{text}]\n")
    (platform,) = manifest.workspace.platforms
    assert tuple(map(str, platform.declared)) == declared
    assert platform.name == name


def test_channels_keep_priority_and_cutoff() -> None:
    head = (
        '[workspace]\nplatforms = []\nchannels = ["a", '
        '{ channel = "b", priority = -1, exclude-newer = "7d" }]\n'
    )
    assert read("", head=head).workspace.channels == (
        ChannelEntry("a"),
        ChannelEntry("b", -1, "7d"),
    )


def test_task_forms_are_told_apart() -> None:
    tasks = (
        read(
            "[tasks]\n"
            'a = "make"\n'
            'b = { cmd = ["make", "all"], args = ["x", { arg = "y", default = "1" }] }\n'
            'c = [{ task = "a", args = ["1", { x = "2" }], environment = "default" }]\n'
            'd = { depends-on = "a", description = "all" }\n'
        )
        .features["default"]
        .base.tasks
    )
    assert [(t.form, t.cmd) for t in tasks.values()] == [
        ("string", "make"),
        ("table", ("make", "all")),
        ("alias", None),
        ("alias", None),
    ]
    (dependency,) = tasks["c"].depends_on
    assert (dependency.task, dependency.args, dependency.environment) == (
        "a",
        ("1", ("x", "2")),
        "default",
    )


def test_pypi_options_are_read_in_full() -> None:
    options = (
        read(
            "[pypi-options]\n"
            'index-url = "https://example.org/simple"\n'
            'find-links = [{ path = "wheels" }, { url = "https://example.org/l" }]\n'
            'no-build = ["a"]\nno-binary = true\nprerelease-mode = "allow"\n'
            '[pypi-options.dependency-overrides]\nb = ">=2"\n'
        )
        .features["default"]
        .pypi_options
    )
    assert options.index_url == "https://example.org/simple"
    assert options.find_links == (FindLinks("wheels"), FindLinks(url="https://example.org/l"))
    assert (options.no_build, options.no_binary, options.prerelease_mode) == (("a",), True, "allow")
    assert options.dependency_overrides[0].spec.version == ">=2"


def test_conda_pypi_map_has_all_its_forms() -> None:
    text = (
        'conda-pypi-map = { a = "m.json", b = false, '
        'c = { mapping = { x = "y", z = false }, mapping-mode = "replace" } }\n'
    )
    assert read(text).workspace.conda_pypi_map == {
        "a": CondaPypiMap(location="m.json"),
        "b": CondaPypiMap(disabled=True),
        "c": CondaPypiMap(mapping={"x": ("y",), "z": None}, replace=True),
    }
    assert read("conda-pypi-map = false\n").workspace.conda_pypi_map is False
    assert read("").workspace.conda_pypi_map is None


def test_environment_may_hold_tables_of_its_own() -> None:
    environment = read('[environments.e]\ndependencies = { a = "*" }\n').environments["e"]
    assert environment.inline is not None
    assert [r.name for r in environment.inline.base.dependencies] == ["a"]


def test_default_environment_comes_first_unless_it_is_declared() -> None:
    assert list(read("[environments]\na = []\n").environments) == ["default", "a"]
    assert list(read("[environments]\na = []\ndefault = []\n").environments) == ["a", "default"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[host-dependencies]\n", "host-dependencies"),
        ('[system-requirements]\nlinux = "5"\n', "system-requirements"),
        ("[feature.lone.tasks]\n", "'lone'"),
        ("[target.osx-64.tasks]\n", "'osx-64'"),
        ('[tasks.a]\ncmd = "b"\ndepends_on = []\n', "depends_on"),
        ('preview = ["warp-drive"]\n', "'warp-drive'"),
        ('[activation.env]\nA = "1"\nB-C = "2"\n', "variable 'B-C' is not set"),
        (
            '[tasks]\na = { cmd = "b", args = ["x", "y", "x", "x"] }\n',
            "'x' is declared more than once",
        ),
        ('[tasks]\na = { cmd = "b", default-environment = "gone" }\n', "'gone'"),
        (
            '[target.unix.tasks]\na = { cmd = "b", default-environment = "defualt" }\n',
            "which there is not. Did you mean 'default'?",
        ),
        (
            '[feature.f.tasks.a]\ncmd = "b"\ndefault-environment = ""\n[environments]\nf = ["f"]\n',
            "is ''",
        ),
    ],
)
def test_questionable_content_is_warned_of(text: str, word: str) -> None:
    (warning,) = read(text).warnings
    assert word in warning


def test_project_is_the_old_name_of_workspace() -> None:
    manifest = read("", head='[project]\nname = "old"\nchannels = []\n')
    assert manifest.workspace.name == "old"
    assert "deprecated" in manifest.warnings[0]


PYPROJECT = "[tool.pixi.workspace]\nchannels = []\nplatforms = []\n"


def test_pyproject_brings_requirements_groups_and_python() -> None:
    manifest = read(
        '[project]\nname = "Till"\nversion = "2"\nrequires-python = "==3.12.*"\n'
        'authors = [{ name = "A", email = "a@example.org" }]\n'
        'dependencies = ["Attrs>=23", "zope.x[y] ; sys_platform == \'win32\'"]\n'
        '[project.optional-dependencies]\nplot = ["draw"]\nall = ["till[plot]", "more"]\n'
        '[dependency-groups]\ndev = ["ruff", { include-group = "Test_ing" }]\n'
        'test-ing = ["pytest"]\n',
        head=PYPROJECT,
        kind="pyproject",
    )
    workspace = manifest.workspace
    assert (workspace.name, workspace.version, workspace.authors) == (
        "Till",
        "2",
        ("A <a@example.org>",),
    )
    base = manifest.features["default"].base
    assert [(r.name, r.spec.version) for r in base.dependencies] == [("python", "3.12.*")]
    assert [r.name for r in base.pypi_dependencies] == ["attrs", "zope-x"]
    assert base.pypi_dependencies[1].spec.extras == ("y",)
    names = {n: [r.name for r in f.base.pypi_dependencies] for n, f in manifest.features.items()}
    assert names == {
        "default": ["attrs", "zope-x"],
        "plot": ["draw"],
        "all": ["draw", "more"],
        "dev": ["ruff", "pytest"],
        "test-ing": ["pytest"],
    }


def test_python_of_the_pixi_tables_beats_that_of_the_project() -> None:
    manifest = read(
        '[tool.pixi.dependencies]\npython = "3.13.*"\n[project]\nname = "a"\n'
        'requires-python = ">=3.10"\n',
        head=PYPROJECT,
        kind="pyproject",
    )
    (python,) = manifest.features["default"].base.dependencies
    assert python.spec.version == "3.13.*"


def test_poetry_fills_what_the_project_leaves_out() -> None:
    manifest = read(
        '[tool.poetry]\nname = "p"\nversion = "4"\ndescription = "d"\n',
        head=PYPROJECT,
        kind="pyproject",
    )
    workspace = manifest.workspace
    assert (workspace.name, workspace.version, workspace.description) == ("shop", "4", "d")


def test_script_is_a_workspace_named_after_its_file() -> None:
    source = (
        "#!/usr/bin/env python\r\n# /// script\r\n# dependencies = ['attrs']\r\n"
        "# requires-python = '>=3.11'\r\n#\r\n# [tool.pixi.dependencies]\r\n# zlib = '*'\r\n"
        "# ///\r\nprint()\r\n"
    )
    defaults = ScriptDefaults(channels=("mine",), platforms=("osx-64",))
    manifest = load_text(source, ROOT / "tool.py", "script", script=defaults)
    base = manifest.features["default"].base
    assert manifest.workspace.name == "tool"
    assert manifest.workspace.channels == (ChannelEntry("mine"),)
    assert [p.name for p in manifest.workspace.platforms] == ["osx-64"]
    assert [r.name for r in base.dependencies] == ["zlib", "python"]
    assert [r.name for r in base.pypi_dependencies] == ["attrs"]


_SOUND = "[workspace]\nchannels = []\nplatforms = ['linux-64']\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("==3.11.*", "3.11.*"),
        (">=9.4.0.*", ">=9.4.0"),
        (">=3.9.*,<3.13.*", ">=3.9,<3.13"),
        ("~=1.0.*", "~=1.0"),
        ("<2*", "<2"),
        ("==*", "*"),
        (">=2.*|==1.5.*", ">=2|1.5.*"),
    ],
)
@pytest.mark.parametrize("table", ["x = {!r}", "x = {{ version = {!r}, channel = 'c' }}"])
def test_operators_with_wildcards_are_refused_with_what_is_meant(
    written: str, meant: str, table: str
) -> None:
    text = f"{_SOUND}[dependencies]\n{table.format(written)}\n"
    with pytest.raises(ManifestError, match="looks like a matchspec") as caught:
        load_text(text, Path("pixi.toml"))
    assert f'did you mean "{meant}"?' in caught.value.message


@pytest.mark.parametrize(
    "written", ["3.*", "=3.*", "!=3.1.*", "*", "3*", "=3", ">=1,!=1.5.*", "1!2.*"]
)
def test_wildcards_alone_are_versions(written: str) -> None:
    load_text(f"{_SOUND}[dependencies]\nx = {written!r}\n", Path("pixi.toml"))


@pytest.mark.parametrize("key", ["platform", "subdir"])
def test_what_a_platform_is_built_on_has_two_names(key: str) -> None:
    head = f'[workspace]\nchannels = []\nplatforms = [{{ name = "gpu", {key} = "linux-64" }}]\n'
    (platform,) = read("", head=head).workspace.platforms
    assert (platform.name, platform.subdir) == ("gpu", "linux-64")


def test_only_one_of_the_two_names_is_taken() -> None:
    entry = '{ name = "gpu", platform = "linux-64", subdir = "linux-64" }'
    with pytest.raises(ManifestError, match="'platform' is the former name of 'subdir'"):
        read("", head=f"[workspace]\nchannels = []\nplatforms = [{entry}]\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[system-requirements]\ncuda = "11"\n',
            'platforms = [{ subdir = "linux-64", cuda = "11" }] (pixi.toml, line 5)',
        ),
        (
            '[feature.gpu.system-requirements]\ncuda = "12"\n[environments]\ngpu = ["gpu"]\n',
            'platforms = [{ name = "my-linux-64", subdir = "linux-64", cuda = "12" }] below '
            '`[workspace]`, platforms = ["my-linux-64"] below `[feature.gpu]` (pixi.toml, line 5)',
        ),
    ],
)
def test_system_requirements_are_told_with_their_line_and_what_is_written_today(
    text: str, told: str
) -> None:
    head = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
    (warning,) = load_text(head + text, Path("/w/pixi.toml")).warnings
    assert warning.endswith(told)
