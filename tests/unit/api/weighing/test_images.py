from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from wisp.api.weighing.images import weigh_image
from wisp.errors import WispError

PREFIX = "opt/conda"
SITE = f"{PREFIX}/lib/python3.12/site-packages"


def layer(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(out.getvalue())


def saved(folder: Path, *layers: dict[str, bytes]) -> Path:
    """An archive as `docker save` writes it."""
    path = folder / "image.tar"
    titles = [f"step {at}" for at in range(len(layers))]
    config = {"history": [{"created_by": "ENV", "empty_layer": True}]}
    config["history"] += [{"comment": title} for title in titles]
    blobs = {f"{at}/layer.tar": layer(files) for at, files in enumerate(layers)}
    blobs["config.json"] = json.dumps(config).encode()
    row = {"Config": "config.json", "Layers": [name for name in blobs if name != "config.json"]}
    blobs["manifest.json"] = json.dumps([row]).encode()
    with tarfile.open(path, "w") as archive:
        for name, content in blobs.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def conda(name: str, *files: str) -> dict[str, bytes]:
    record = {"name": name, "version": "1.0", "files": list(files)}
    return {f"{PREFIX}/conda-meta/{name}-1.0-0.json": json.dumps(record).encode()}


def wheel(name: str, *files: str) -> dict[str, bytes]:
    out = io.StringIO()
    csv.writer(out).writerows([[file, "", ""] for file in (*files, f"{name}-2.0.dist-info/RECORD")])
    return {f"{SITE}/{name}-2.0.dist-info/RECORD": out.getvalue().encode()}


def weighed(path: Path) -> dict[tuple[str, str], int]:
    pile, owners, _ = weigh_image(path)
    found = pile.packages(owners.versions, {})
    return {(one.kind, one.name): one.size for one in found}


def test_files_belong_to_packages_code_and_layers(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {"bin/sh": b"x" * 10},
        {f"{PREFIX}/bin/tool": b"x" * 20, **conda("tool", "bin/tool")},
        {
            f"{SITE}/lib.py": b"x" * 30,
            f"{SITE}/__pycache__/lib.cpython-312.pyc": b"x" * 5,
            **wheel("Some_Lib", "lib.py"),
        },
        {"app/main.py": b"x" * 7},
    )
    found = weighed(path)
    assert found[("other", "step 0")] == 10
    assert found[("other", "step 3")] == 7
    record = len(next(iter(conda("tool", "bin/tool").values())))
    assert found[("conda", "tool")] == 20 + record
    assert found[("pypi", "some-lib")] >= 35
    _, owners, layers = weigh_image(path)
    assert owners.versions == {("conda", "tool"): "1.0", ("pypi", "some-lib"): "2.0"}
    assert [one.title for one in layers] == ["step 0", "step 1", "step 2", "step 3"]
    assert layers[0].size == 10
    assert all(one.packed > 0 for one in layers)


def test_what_conda_installed_for_python_is_condas(tmp_path: Path) -> None:
    files = wheel("lib", "lib.py")
    (record,) = (path.removeprefix(f"{PREFIX}/") for path in files)
    inside = "lib/python3.12/site-packages/lib.py"
    path = saved(tmp_path, {f"{SITE}/lib.py": b"x", **files, **conda("lib", inside, record)})
    assert list(weighed(path)) == [("conda", "lib")]


@pytest.mark.parametrize(
    ("marker", "left"),
    [
        ("a/.wh.one", {"a/two": 2}),
        ("a/.wh..wh..opq", {}),
        (".wh.a", {}),
        (".wh..wh..opq", {}),
        ("./.wh..wh..opq", {}),
    ],
)
def test_what_a_layer_hides_does_not_count(
    tmp_path: Path, marker: str, left: dict[str, int]
) -> None:
    path = saved(tmp_path, {"a/one": b"x", "a/two": b"xx"}, {marker: b"", "b": b"xxx"})
    assert sum(weighed(path).values()) == sum(left.values()) + 3
    _, _, layers = weigh_image(path)
    assert [one.size for one in layers] == [3, 3]


def test_a_marker_that_names_no_file_is_damage(tmp_path: Path) -> None:
    path = saved(tmp_path, {"a/one": b"x"}, {"a/.wh.": b""})
    with pytest.raises(WispError, match="is no image") as caught:
        weigh_image(path)
    assert caught.value.causes == ("the marker `a/.wh.` names no file",)


def test_a_file_that_is_written_twice_counts_once_but_in_both_layers(tmp_path: Path) -> None:
    path = saved(tmp_path, {"a": b"x" * 10}, {"a": b"x" * 4})
    assert weighed(path) == {("other", "step 1"): 4}
    assert [one.size for one in weigh_image(path)[2]] == [10, 4]


def test_an_opaque_folder_keeps_what_its_own_layer_has(tmp_path: Path) -> None:
    path = saved(tmp_path, {"a/old": b"x"}, {"a/new": b"xx", "a/.wh..wh..opq": b""})
    assert weighed(path) == {("other", "step 1"): 2}


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"x" * 600, mtime=0)])
def test_something_else_is_no_image(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(WispError, match="is no image"):
        weigh_image(tmp_path / "x.tar")


def test_a_layout_does_not_lead_out_of_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{}")
    layout = tmp_path / "layout"
    layout.mkdir()
    row = {"Config": "../secret", "Layers": []}
    (layout / "manifest.json").write_text(json.dumps([row]))
    with pytest.raises(WispError, match="is no image") as caught:
        weigh_image(layout)
    assert "leads out of it" in str(caught.value.causes)


def test_what_is_attached_to_an_image_in_a_layout_is_not_taken_for_it(tmp_path: Path) -> None:
    blobs = tmp_path / "layout" / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def kept(content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        (blobs / name).write_bytes(content)
        return f"sha256:{name}"

    def row(document: object, **more: object) -> dict[str, object]:
        digest = kept(json.dumps(document).encode())
        return {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, **more}

    config = kept(json.dumps({"history": [{"comment": "code"}]}).encode())
    image = {"config": {"digest": config}, "layers": [{"digest": kept(layer({"app/x": b"x" * 7}))}]}
    bill = {"config": {"digest": config}, "layers": [{"digest": kept(b"{}")}], "subject": {}}
    proof = {"config": {"digest": config}, "layers": [{"digest": kept(b"{}")}]}
    unknown = {"os": "unknown", "architecture": "unknown"}
    rows = [row(bill), row(proof, platform=unknown), row(image)]
    (tmp_path / "layout" / "index.json").write_text(json.dumps({"manifests": rows}))
    assert weighed(tmp_path / "layout") == {("other", "code"): 7}
    (tmp_path / "layout" / "index.json").write_text(json.dumps({"manifests": rows[:2]}))
    with pytest.raises(WispError, match="is no image"):
        weigh_image(tmp_path / "layout")
