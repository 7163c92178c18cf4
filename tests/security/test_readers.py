"""Readers of what others wrote: named one by one, and none calls bad input a bug of ours."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import wisp
from tests.forks import Forks
from tests.sandbox import CommandLine, Home
from tests.tiny import channel, tiny
from wisp.engine.safe.prefix import outward_links
from wisp.errors import ManifestError
from wisp.foreign import json_data, toml_data
from wisp.manifest.read import load_text

SOURCES = Path(wisp.__file__).parent
DIST_INFO = "lib/python3.12/site-packages/alpha-1.0.dist-info"
HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
#: Who reads a format by itself, and why that is safe. JSON and TOML go through `wisp.foreign`.
READERS = {
    ("foreign", "json.loads"): "the one reader of JSON",
    ("foreign", "tomli.loads"): "the one reader of TOML",
    ("engine.records", "json.loads"): "what rattler itself has written just now",
    ("engine.search", "json.loads"): "what rattler itself has written just now",
    ("api.snapshot", "marshal.loads"): "a file for us alone, in a folder of ours",
    ("tasks.worker", "marshal.loads"): "what our own parent process sends",
    ("exchange.conda_environment", "yaml.SafeLoader"): "makes nodes, never objects",
    ("engine.dist_metadata", "zipfile.ZipFile"): "reads one member, found by its name",
    ("engine.auth.netrc_store", "netrc.netrc"): "a file of the user's",
}
#: Archives are read where one judge looks at each member.
ARCHIVES = ("image", "api.weighing", "api.imaging", "pack", "api.packing")
WATCHED = {
    *("json.load", "json.loads", "tomli.load", "tomli.loads", "tomllib.loads", "marshal.loads"),
    *("marshal.load", "pickle.load", "pickle.loads", "yaml.load", "yaml.SafeLoader", "netrc.netrc"),
    *("zipfile.ZipFile", "tarfile.open", "configparser.ConfigParser"),
}


def readers() -> Iterator[tuple[str, str]]:
    for file in sorted(SOURCES.rglob("*.py")):
        module = ".".join(file.relative_to(SOURCES).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WATCHED:
                writes = any(
                    isinstance(word, ast.Constant) and word.value in ("w", "x", "w|")
                    for word in (*node.args, *(one.value for one in node.keywords))
                )
                if not writes:
                    yield module, ast.unparse(node.func)


def test_who_reads_a_format_by_itself_says_why() -> None:
    unknown = {
        (module, call)
        for module, call in readers()
        if (module, call) not in READERS
        and not (call == "tarfile.open" and module.startswith(ARCHIVES))
    }
    assert unknown == set()


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 60_000, "", "[1", "nul"])
def test_all_that_is_wrong_with_json_is_one_failure(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json_data(text)
    with pytest.raises(ValueError, match=r"\w"):
        json_data(text.encode("utf-16"))


@pytest.mark.parametrize("text", ["a = " + "[" * 60_000, "a = " + "9" * 6_000, "a", "a = {b = "])
def test_all_that_is_wrong_with_toml_is_one_failure(text: str) -> None:
    with pytest.raises(ValueError, match=r"at (line|end)"):
        toml_data(text)


def test_parentheses_without_measure_are_no_version(tmp_path: Path) -> None:
    text = f'{HEAD}[dependencies]\nx = "{">=1,(" * 3000}"\n'
    with pytest.raises(ManifestError, match="too deeply"):
        load_text(text, tmp_path / "pixi.toml", "pixi")


@pytest.mark.parametrize(
    "text",
    [
        '{head}version = "{number}"',
        '{head}requires-pixi = ">={number}"',
        '{head}[system-requirements]\ncuda = "{number}"',
        '{head}[dependencies]\nx = ">=1,<{number}"',
        '{head}[dependencies]\nx = {{ version = "~={number}.1" }}',
    ],
)
def test_a_version_without_measure_is_told_in_words(tmp_path: Path, text: str) -> None:
    """Python itself reads no number of thousands of digits."""
    text = text.format(head=HEAD, number="9" * 5000)
    with pytest.raises(ManifestError, match="too large a number"):
        load_text(text, tmp_path / "pixi.toml", "pixi")


def test_a_record_that_is_a_pipe_is_not_waited_for(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(HEAD)
    pipe = tmp_path / ".pixi" / "envs" / "default" / "conda-meta" / "a-1-0.json"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    done = wisp("install", cwd=tmp_path, timeout=60)
    assert (done.code, f"could not read `{pipe}`" in done.stderr) == (1, True)


def test_a_link_in_a_circle_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "loop").symlink_to("loop")
    assert list(outward_links(tmp_path)) == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".pixi/manifests/pixi-global.toml", ("global", "list")),
        (".pixi/workspaces.toml", ("workspace", "register", "list")),
        (".rattler/credentials.json", ("auth", "status")),
        (".rattler/credentials.json", ("search", "x", "--channel", "file:///nowhere")),
        (".netrc", ("auth", "status")),
        (".netrc", ("search", "x", "--channel", "file:///nowhere")),
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "loop", "deep"])
def test_odd_files_of_a_home_are_told_in_words(
    wisp: CommandLine, tmp_path: Path, place: str, words: tuple[str, ...], kind: str
) -> None:
    file = wisp.home.path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "loop":
        file.symlink_to(file.name)
    else:
        file.write_text('{"a":' * 60_000 if file.suffix == ".json" else "a = " + "[" * 60_000)
    done = wisp(*words, cwd=tmp_path, timeout=60)
    assert done.code in (0, 1)
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["found", "named"])
def test_the_null_device_holds_no_credentials(
    wisp: CommandLine, tmp_path: Path, place: str
) -> None:
    """So one has no file of credentials for a while, as people do."""
    if place == "found":
        (wisp.home.path / ".netrc").symlink_to(os.devnull)
    named = {"NETRC": os.devnull} if place == "named" else {}
    made = channel(tmp_path / "c", [tiny("good")])
    done = wisp("search", "good", "--channel", made.as_uri(), cwd=tmp_path, env=named)
    assert "good" in done.success().stdout


@pytest.mark.parametrize("path", ["", ".", ":", "bin"])
def test_no_extension_is_taken_from_the_folder_one_stands_in(
    wisp: CommandLine, tmp_path: Path, path: str
) -> None:
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "pixi-evil").write_text("#!/bin/sh\necho ran\n")
        (folder / "pixi-evil").chmod(0o755)
    done = wisp("evil", cwd=tmp_path, env={"PATH": path})
    assert done.code == 2
    assert "ran" not in done.stdout


LOCK = """\
version: 6
environments:
  default:
    channels:
    - url: {channel}
    packages:
      linux-64:
      - {kind}: {url}
packages:
- {kind}: {url}
  {row}
"""
PLAIN = "https://x.invalid/noarch/a-1-0.conda"
WHEEL = "https://x.invalid/b-1-py3-none-any.whl"
#: What a lock says that cannot be: kind, URL, the rest of the row, as one line of YAML.
BAD_LOCKS = {
    "a URL without a file": ("conda", "https://x.invalid/", "sha256: aa"),
    "a URL that is none": ("conda", '"https://[x/noarch/a-1-0.conda"', "sha256: aa"),
    "a port that is none": ("conda", '"https://x:99999/noarch/a-1-0.conda"', "sha256: aa"),
    "a version that is none": ("conda", PLAIN, 'version: "1..!!x"'),
    "a version that is a table": ("conda", PLAIN, "version: {a: b}"),
    "a name that is a path": ("conda", PLAIN, "name: ../../x"),
    "a name that is a number": ("conda", PLAIN, "name: 1"),
    "a name with a line break": ("conda", PLAIN, r'name: "a\nb"'),
    "a subdir that is a path": ("conda", PLAIN, "subdir: ../x"),
    "a build number without measure": ("conda", PLAIN, f"build_number: {'9' * 5000}"),
    "a digest that is none": ("conda", PLAIN, "sha256: ../../x"),
    "a size that is a list": ("conda", PLAIN, "size: [1]"),
    "needs that are a number": ("conda", PLAIN, "depends: 1"),
    "a wheel with a bad name": ("pypi", WHEEL, "{name: ../../b, version: 1}"),
    "a wheel's version": ("pypi", WHEEL, 'version: "not a version"'),
    "a wheel's needs": ("pypi", WHEEL, 'requires_dist: ["a b c ;;; ["]'),
    "a wheel at a port that is none": ("pypi", '"https://x:y/b-1-py3-none-any.whl"', "name: b"),
}


@pytest.mark.parametrize("bad", BAD_LOCKS)
@pytest.mark.parametrize("words", [("install", "--frozen"), ("list", "--json"), ("install",)])
def test_what_a_lock_cannot_say_is_told_in_words(
    forks: Forks, home: Home, tmp_path: Path, bad: str, words: tuple[str, ...]
) -> None:
    """Row 45. A lock that says nonsense is refused, or locked anew, and never a bug of ours."""
    kind, url, row = BAD_LOCKS[bad]
    (tmp_path / "pixi.toml").write_text(HEAD)
    text = LOCK.format(channel=tmp_path.as_uri(), kind=kind, url=url, row=row)
    (tmp_path / "pixi.lock").write_text(text)
    quiet = "--offline" if words[0] == "install" else "-q"
    done = forks.run(home, *words, quiet, cwd=tmp_path)
    assert done.code in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    if words[-1] == "--frozen":
        assert done.code == 1
    if done.code:
        assert any(told in done.stderr for told in ("pixi.lock", "a-1-0", "https://", "PyPI"))


@pytest.mark.parametrize("key", ["depends", "constrains"])
@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("y " + "(" * 2_000 + ">1" + ")" * 2_000, "has more than 100 parentheses"),
        ("y[when='" + "(" * 2_000 + "a" + ")" * 2_000 + "']", "has more than 100 parentheses"),
        ("y[when='" + "a and " * 20_000 + "a']", "is longer than 10,000 characters"),
        ("y " + ">1|" * 200_000 + ">1", "is longer than 10,000 characters"),
    ],
    ids=["versions", "conditions", "chain", "alternatives"],
)
def test_no_requirement_of_a_lock_is_nested_deeper_than_the_solver_bears(
    forks: Forks, home: Home, tmp_path: Path, key: str, spec: str, told: str
) -> None:
    made = channel(tmp_path / "channel", [tiny("a"), tiny("b")]).as_uri()
    wanted = HEAD.replace("[]", f'["{made}"]') + '[dependencies]\na = "*"\nb = "*"\n'
    (tmp_path / "pixi.toml").write_text(wanted)
    url = f"{made}/noarch/a-1.0-0.conda"
    row = f"{key}: [{json.dumps(spec)}]"
    lock = LOCK.format(channel=f"{made}/", kind="conda", url=url, row=row)
    (tmp_path / "pixi.lock").write_text(lock)
    for words in (("lock",), ("lock", "--check"), ("list", "--frozen")):
        done = forks.run(home, *words, cwd=tmp_path)
        assert done.code == 1, done.stderr
        assert f"a requirement {told}" in done.stderr
        assert "pixi.lock:11:" in done.stderr


def test_no_expression_of_a_lock_is_tried_in_all_ways(
    forks: Forks, home: Home, tmp_path: Path
) -> None:
    made = channel(tmp_path / "channel", [tiny("a"), tiny("b")]).as_uri()
    wanted = HEAD.replace("[]", f'["{made}"]') + '[dependencies]\na = "*"\n'
    (tmp_path / "pixi.toml").write_text(wanted)
    row = f"depends: [{json.dumps('b * ^(a+)+$')}]"
    url, other = f"{made}/noarch/a-1.0-0.conda", f"{made}/noarch/b-1.0-{'a' * 60}_.conda"
    lock = LOCK.format(channel=f"{made}/", kind="conda", url=url, row=row)
    lock = lock.replace("packages:\n-", f"      - conda: {other}\npackages:\n- conda: {other}\n-")
    (tmp_path / "pixi.lock").write_text(lock)
    done = forks.run(home, "lock", "--check", cwd=tmp_path)
    assert done.code == 1, done.stderr
    assert "b * ^(a+)+$" in done.stderr


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{% for a in range(9999) %}" * 3 + "{% endfor %}" * 3, "ran out of fuel"),
        ("{{ " + "-" * 100_000 + "1 }}", "is longer than"),
        ("{{ 1" + " or 1" * 100_000 + " }}", "is longer than"),
        ("{% if 0 %}" + "{% elif 0 %}" * 20_000 + "{% endif %}", "is longer than"),
    ],
    ids=["loops", "signs", "words", "branches"],
)
def test_a_template_without_end_is_told_in_words(
    forks: Forks, home: Home, tmp_path: Path, template: str, told: str
) -> None:
    text = f'{HEAD}[tasks]\nt = {{ cmd = {json.dumps(template)}, args = ["a"] }}\n'
    (tmp_path / "pixi.toml").write_text(text)
    done = forks.run(home, "run", "t", "v", cwd=tmp_path)
    assert done.code == 1
    assert told in done.stderr


ODD = ["[]", "1", '"text"', "{}", "null", "[" * 60_000, "\udc80", "", '{"a": [[[]]]}']
PLATFORMS = [
    *('"text"', "[]", "1", '{"subdir": 1}', '{"subdir": "a\\nb"}', '{"virtual_packages": 1}'),
    *('{"virtual_packages": [[1]]}', '{"virtual_packages": ["==="]}', '{"requirements": {"a": 1}}'),
]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        *(("conda-meta/pixi", text) for text in ODD),
        *(("conda-meta/pixi", f'{{"resolved_platform": {text}}}') for text in PLATFORMS),
        *(("conda-meta/pixi", f'{{"minimum_supported_platform": {text}}}') for text in PLATFORMS),
        *((f"{DIST_INFO}/direct_url.json", text) for text in ODD),
        *((f"{DIST_INFO}/direct_url.json", f'{{"dir_info": {text}}}') for text in ODD[:5]),
        *((f"{DIST_INFO}/direct_url.json", f'{{"vcs_info": {text}}}') for text in ODD[:5]),
        *((f"{DIST_INFO}/direct_url.json", f'{{"url": {text}}}') for text in ODD[:5]),
    ],
)
def test_what_a_prefix_says_of_itself_in_an_odd_shape_counts_for_nothing(
    forks: Forks, home: Home, tmp_path: Path, place: str, text: str
) -> None:
    """Row 48."""
    (tmp_path / "pixi.toml").write_text(HEAD)
    (tmp_path / "pixi.lock").write_text(
        "version: 6\nenvironments:\n  default:\n    channels: []\n    packages: {}\npackages: []\n"
    )
    file = tmp_path / ".pixi" / "envs" / "default" / place
    file.parent.mkdir(parents=True)
    file.write_text(text, errors="surrogateescape")
    (file.parent / "INSTALLER").write_text("uv-pixi")
    for words in (("info", "--json"), ("list", "--frozen"), ("install",)):
        done = forks.run(home, *words, cwd=tmp_path)
        assert (done.code in (0, 1), "bug" in done.stderr) == (True, False), done.stderr
        assert "Traceback" not in done.stderr


def test_a_line_without_measure_is_cut_where_it_is_shown(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(HEAD + "a = " + "[" * 60_000)
    done = wisp("task", "list", cwd=tmp_path)
    assert done.code == 1
    assert "too deeply" in done.stderr
    assert len(done.stderr) < 3_000


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.txt", "a = " + "9" * 6_000, ("import", "x.txt", "--feature", "f")),
        ("x.yml", "a = " + "9" * 6_000, ("import", "x.yml", "--feature", "f")),
        ("x.yml", 'name: "\\ud800"\ndependencies: [a]\n', ("init", "new", "--import", "x.yml")),
    ],
    ids=["a long number", "a long number for conda", "half a character"],
)
def test_what_is_imported_in_an_odd_form_is_told_in_words(
    forks: Forks, home: Home, tmp_path: Path, name: str, text: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "pixi.toml").write_text(HEAD)
    (tmp_path / name).write_text(text)
    done = forks.run(home, *words, cwd=tmp_path)
    assert done.code == 1
    assert "bug" not in done.stderr


def test_folders_in_thousands_within_each_other_are_removed(
    wisp: CommandLine, tmp_path: Path
) -> None:
    """A workspace that came from elsewhere may bring an environment of its own."""
    (tmp_path / "pixi.toml").write_text('[workspace]\nchannels = []\nplatforms = ["linux-64"]\n')
    inner = tmp_path / ".pixi" / "envs" / "default" / ("a/" * 1_500)
    for folder in [*reversed(inner.parents), inner]:
        folder.mkdir(exist_ok=True)
    try:
        wisp("size", cwd=tmp_path)
        wisp("clean", cwd=tmp_path).success()
        assert not (tmp_path / ".pixi" / "envs" / "default").exists()
    finally:  # what pytest removes temporary folders with gives up
        subprocess.run(["rm", "-rf", str(tmp_path / ".pixi")], check=True)
