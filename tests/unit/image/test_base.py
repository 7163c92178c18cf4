from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.image.test_layout import AMD64, NAME, image
from wisp.errors import WispError
from wisp.image import local_base as local_base_module
from wisp.image import unpacking
from wisp.image.base import Base, BaseImageError, check_glibc, run_config
from wisp.image.base_layers import judged_glibc
from wisp.image.documents import HealthCheck, RunConfig, StackedLayer
from wisp.image.entries import text_file
from wisp.image.judging import HostileLayerError, LayerJudge
from wisp.image.layer import LayerBlob, write_layer
from wisp.image.layout import BlobStore, write_archive, write_layout
from wisp.image.local_base import local_base
from wisp.image.platform import choose
from wisp.specs.oci import (
    LAYER_GZIP,
    MANIFEST,
    Descriptor,
    Digest,
    ImagePlatform,
    OciValueError,
)

LIBC = b"\x7fELF GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n"


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    made = BlobStore(tmp_path / "store")
    made.folder.mkdir()
    return made


def read(path: Path, store: BlobStore, platform: ImagePlatform = AMD64) -> Base:
    return local_base(path, platform, store, time=0, compression="gzip")


def rootfs(folder: Path) -> Path:
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "libc.so.6").write_bytes(LIBC)
    (folder / "bin").mkdir()
    (folder / "bin" / "sh").symlink_to("dash")
    return folder


def test_a_root_file_system_becomes_one_layer(tmp_path: Path, store: BlobStore) -> None:
    base = read(rootfs(tmp_path / "root"), store)
    assert len(base.layers) == 1
    assert store.has(base.layers[0].blob.descriptor)
    assert base.glibc == (2, 36)


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.xz"])
def test_a_root_file_system_may_be_packed(tmp_path: Path, store: BlobStore, suffix: str) -> None:
    path = tmp_path / f"root.{suffix}"
    mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[suffix]
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        archive.add(rootfs(tmp_path / "root"), ".")
        device = tarfile.TarInfo("./dev/null")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
        archive.addfile(device)
    base = read(path, store)
    assert base.glibc == (2, 36)
    with tarfile.open(store.path(base.layers[0].blob.descriptor.digest)) as layer:
        assert sorted(layer.getnames()) == ["bin", "bin/sh", "lib", "lib/libc.so.6"]


def test_a_packed_root_is_packed_anew_only_when_it_has_changed(
    tmp_path: Path, store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "root.tar"
    root = rootfs(tmp_path / "root")
    with tarfile.open(path, "w") as archive:
        archive.add(root, ".")
    first = read(path, store)
    with monkeypatch.context() as patch:
        patch.delattr(local_base_module, "_repacked")
        assert read(path, store) == first
    (root / "new").write_text("x")
    with tarfile.open(path, "w") as archive:
        archive.add(root, ".")
    assert read(path, store).layers != first.layers


def test_a_packed_root_that_leads_out_is_refused(tmp_path: Path, store: BlobStore) -> None:
    path = tmp_path / "root.tar"
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    with pytest.raises(HostileLayerError, match="leads out"):
        read(path, store)


def judged(layer: Descriptor, store: BlobStore, plain: Path) -> tuple[int, int] | None:
    """Judge a layer of the bytes that an archive unpacks to."""
    with gzip.open(plain) as file:
        inner = hashlib.file_digest(file, "sha256").hexdigest()
    blob = LayerBlob(descriptor=layer, diff_id=Digest(f"sha256:{inner}"), unpacked=0)
    stacked = [StackedLayer(blob=blob, comment="x")]
    return judged_glibc(layer.digest, stacked, store, "it")


def stacked(store: BlobStore, files: dict[str, str]) -> StackedLayer:
    """A layer of files."""
    with store.draft() as draft:
        blob = write_layer([text_file(path, text) for path, text in files.items()], draft, time=0)
        store.keep(draft, blob.descriptor)
    return StackedLayer(blob=blob, comment="x")


OLD, NEW = (f"GNU C Library (x) stable release version 2.{one}.\n" for one in (28, 36))


@pytest.mark.parametrize(
    ("above", "glibc"),
    [
        ({"etc/x": ""}, (2, 28)),
        ({"lib/libc.so.6": NEW}, (2, 36)),
        ({"lib/.wh.libc.so.6": ""}, None),
        ({".wh.lib": ""}, None),
        ({"lib/.wh..wh..opq": ""}, None),
        # A marker counts for what lies below, wherever it stands in its layer.
        ({"lib/.wh..wh..opq": "", "lib/libc.so.6": NEW}, (2, 36)),
        ({"lib/.wh.libc.so.7": ""}, (2, 28)),
    ],
)
def test_a_c_library_counts_unless_a_layer_above_takes_it_away(
    store: BlobStore, above: dict[str, str], glibc: tuple[int, int] | None
) -> None:
    layers = [stacked(store, {"lib/libc.so.6": OLD}), stacked(store, above)]
    digest = layers[1].blob.descriptor.digest
    assert judged_glibc(digest, layers, store, "it") == glibc


@pytest.mark.parametrize("note", ["null", "[2, 28]", '{"rules": 0, "glibc": [2, 28]}'])
def test_a_verdict_by_other_rules_does_not_count(store: BlobStore, note: str) -> None:
    layers = [stacked(store, {"lib/libc.so.6": NEW})]
    digest = layers[0].blob.descriptor.digest
    kept = store.folder / "judged" / digest.hex
    kept.parent.mkdir()
    kept.write_text(note)
    assert judged_glibc(digest, layers, store, "it") == (2, 36)
    kept.write_text(kept.read_text().replace("36", "17"))
    assert judged_glibc(digest, layers, store, "it") == (2, 17)


def test_a_base_says_how_it_is_asked_whether_it_is_well() -> None:
    second = 1_000_000_000
    table = {"Test": ["CMD-SHELL", "ask || exit 1"], "Interval": 5 * second, "Retries": 2}
    check = run_config({"Healthcheck": table}).health
    assert check == HealthCheck(command=("/bin/sh", "-c", "ask || exit 1"), interval=5, retries=2)
    assert run_config({"Healthcheck": check.as_json()}).health == check
    whole = {
        "Test": ["CMD", "ask"],
        "Interval": 5 * second,
        "Timeout": 2 * second,
        "StartPeriod": 9 * second,
        "StartInterval": second,
        "Retries": 2,
    }
    assert run_config({"Healthcheck": whole}).as_json()["Healthcheck"] == whole
    assert run_config({"Healthcheck": {"Test": ["NONE"]}}).health is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Env": "A=1"}, "`Env` is no list"),
        ({"Env": [5]}, "`Env` has what is no text"),
        ({"Env": ["A=\ud800"]}, "`Env` has a text that cannot be written"),
        ({"Env": ["A=x\0y"]}, "`Env` has a text that cannot be written"),
        ({"User": 5}, "`User` is no text"),
        ({"User": "a\nUSER root"}, "`User` has a control character"),
        ({"WorkingDir": "/x\x1b[2J"}, "`WorkingDir` has a control character"),
        ({"ExposedPorts": ["a", 5]}, "`ExposedPorts` is no table"),
        ({"ExposedPorts": {"80/tcp\nRUN x": {}}}, "`ExposedPorts` has a control character"),
        ({"Labels": {"a": 5}}, "`Labels` has what is no text"),
        ({"StopSignal": ["a"]}, "`StopSignal` is no text"),
        ({"Healthcheck": ["x"]}, "`Healthcheck` is no table"),
        ({"Healthcheck": {"Test": ["CMD", 5]}}, "no list of texts"),
        ({"Healthcheck": {"Test": 5}}, "no list of texts"),
        ({"Healthcheck": {"Test": ["CMD", "a"], "Interval": 10**400}}, "`Interval` of its"),
        ({"Healthcheck": {"Test": ["CMD", "a"], "Retries": "many"}}, "`Retries` of its"),
        ([1], "`config` is no table"),
    ],
)
def test_a_base_that_says_what_no_engine_takes_is_refused(said: Any, words: str) -> None:
    with pytest.raises(OciValueError, match=words):
        run_config(said)


def test_a_c_library_of_a_number_without_end_is_none(store: BlobStore) -> None:
    text = f"GNU C Library stable release version {'9' * 6000}.1\n"
    layers = [stacked(store, {"lib/libc.so.6": text})]
    assert judged_glibc(Digest("sha256:" + "0" * 64), layers, store, "it") is None


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def device(major: int, minor: int, kind: bytes = tarfile.CHRTYPE) -> tarfile.TarInfo:
    made = member("dev/it", kind)
    made.devmajor, made.devminor = major, minor
    return made


SYM, HARD, BLOCK = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.BLKTYPE


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([member("../x")], "leads out"),
        ([member("a/../../x")], "leads out"),
        ([member("/etc/passwd")], "leads out"),
        ([member("x", SYM, "../etc")], "leads out of the image, to `../etc`"),
        ([member("a/b", SYM, "../../etc")], "leads out of the image"),
        ([member("a", SYM, "/../etc")], "leads out of the image"),
        ([member("x", HARD, "../../etc/shadow")], "leads out"),
        ([member("x", HARD, "/etc/shadow")], "leads out"),
        ([member("lib", SYM, "/etc"), member("lib/passwd")], "below the link `lib`"),
        ([member("a", SYM, "b"), member("./a/b/c", HARD, "x")], "below the link `a`"),
        (
            [member("a", SYM, "/"), member("x", HARD, "a/etc/shadow")],
            "hard link to what lies below",
        ),
        ([member("a\x1b]0;x\x07")], "leads out"),
        ([member("a\\..\\..\\x")], "leads out"),
        ([device(8, 0, BLOCK)], "is a device"),
        ([device(1, 1)], "is a device"),
        ([member("usr/.wh...")], "hides a whole folder"),
        ([member(".wh.")], "hides a whole folder"),
    ],
)
def test_what_leads_out_of_an_image_is_refused(members: list[tarfile.TarInfo], words: str) -> None:
    judge = LayerJudge("the layer")
    *before, last = members
    for one in before:
        judge.take(one)
    with pytest.raises(HostileLayerError, match=words):
        judge.take(last)


@pytest.mark.parametrize(
    "members",
    [
        [member("./"), member("./usr/bin/sh", SYM, "dash"), member("bin", SYM, "usr/bin")],
        [member("etc/alternatives/awk", SYM, "/usr/bin/mawk"), member("a/b/c", SYM, "../../d")],
        [member("x"), member("y", HARD, "./x"), device(1, 3), member("run/fifo", tarfile.FIFOTYPE)],
        [member("a", SYM, "b"), member("a", tarfile.DIRTYPE), member("a/c")],
        [member("a/.wh..wh..opq"), member("a/.wh.b")],
    ],
)
def test_what_images_have_is_taken(members: list[tarfile.TarInfo]) -> None:
    judge = LayerJudge("the layer")
    for one in members:
        judge.take(one)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no archive at all" * 64, "is no layer"), (b"", "something else than its configuration")],
)
def test_a_layer_is_what_its_image_says(store: BlobStore, content: bytes, words: str) -> None:
    packed = gzip.compress(content or bytes(10240))
    digest = Digest(f"sha256:{hashlib.sha256(packed).hexdigest()}")
    layer = Descriptor(media_type=LAYER_GZIP, digest=digest, size=len(packed))
    store.add_bytes(layer, packed)
    blob = LayerBlob(descriptor=layer, diff_id=Digest(f"sha256:{'0' * 64}"), unpacked=0)
    with pytest.raises(HostileLayerError, match=words):
        judged_glibc(digest, [StackedLayer(blob=blob, comment="x")], store, "`it`")


@pytest.mark.parametrize("form", ["rootfs", "layer"])
def test_a_base_that_grows_without_end_is_refused(
    tmp_path: Path, store: BlobStore, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_LEAST", 1 << 20)
    bomb = tmp_path / "bomb.tar.gz"
    with tarfile.open(bomb, "w:gz") as archive:
        member = tarfile.TarInfo("zeros")
        member.size = 8 << 20
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    content = bomb.read_bytes()
    layer = Descriptor(
        media_type=LAYER_GZIP,
        digest=Digest(f"sha256:{hashlib.sha256(content).hexdigest()}"),
        size=len(content),
    )
    store.add_bytes(layer, content)
    with pytest.raises(WispError, match="unpacks to"):
        judged(layer, store, bomb) if form == "layer" else read(bomb, store)
    assert sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file()) < 1 << 20


@pytest.mark.parametrize("form", ["folder", "archive"])
def test_layers_of_an_image_are_taken_over_as_they_are(
    tmp_path: Path, store: BlobStore, form: str
) -> None:
    own = BlobStore(tmp_path / "own")
    made = image(own, run=RunConfig(env={"PATH": "/bin"}, user="7", labels={"a": "b"}))
    path = tmp_path / ("layout" if form == "folder" else "image.tar")
    if form == "folder":
        write_layout(path, made, own, [NAME])
    else:
        with path.open("wb") as out:
            write_archive(out, made, own, [NAME])
    base = read(path, store)
    assert [one.blob.descriptor.digest for one in base.layers] == [
        one.digest for one in made.layers
    ]
    assert all(store.has(one.blob.descriptor) for one in base.layers)
    assert (base.run.env, base.run.user, base.run.labels) == ({"PATH": "/bin"}, "7", {"a": "b"})
    assert base.glibc is None


def test_an_image_of_another_machine_is_refused(tmp_path: Path, store: BlobStore) -> None:
    own = BlobStore(tmp_path / "own")
    write_layout(tmp_path / "layout", image(own), own, [NAME])
    with pytest.raises(BaseImageError, match="no image for linux/arm64"):
        read(tmp_path / "layout", store, ImagePlatform("linux", "arm64"))


def test_a_base_with_a_lying_digest_is_refused(tmp_path: Path, store: BlobStore) -> None:
    own = BlobStore(tmp_path / "own")
    made = image(own)
    write_layout(tmp_path / "layout", made, own, [NAME])
    blob = tmp_path / "layout" / "blobs" / "sha256" / made.top.descriptor.digest.hex
    blob.unlink()
    blob.write_bytes(b"{}".ljust(made.top.descriptor.size))
    with pytest.raises(Exception, match="damaged"):
        read(tmp_path / "layout", store)


@pytest.mark.parametrize(
    "rows", ["1", "[1]", "[{}]", '[{"mediaType": 1}]', '[{"mediaType": "x", "digest": "x"}]']
)
def test_a_layout_of_odd_form_is_told_with_its_place(
    tmp_path: Path, store: BlobStore, rows: str
) -> None:
    (tmp_path / "oci-layout").touch()
    (tmp_path / "index.json").write_text(f'{{"manifests": {rows}}}')
    with pytest.raises(BaseImageError) as told:
        read(tmp_path, store)
    assert str(tmp_path) in str(told.value)


def test_an_archive_of_an_old_docker_is_refused_with_the_way_out(
    tmp_path: Path, store: BlobStore
) -> None:
    path = tmp_path / "saved.tar"
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo(f"{'a' * 64}/layer.tar"), io.BytesIO())
    with pytest.raises(BaseImageError, match="older Docker") as caught:
        read(path, store)
    assert "skopeo copy" in caught.value.hints[0]


@pytest.mark.parametrize(
    ("glibc", "words"), [((2, 27), "has glibc 2.27, but"), (None, "has no glibc")]
)
def test_a_base_too_old_for_the_lock_is_refused(glibc: tuple[int, int] | None, words: str) -> None:
    with pytest.raises(BaseImageError, match=words):
        check_glibc(Base(layers=(), glibc=glibc), (2, 28), "`x`")
    check_glibc(Base(layers=(), glibc=(2, 28)), (2, 28), "`x`")


def row(platform: ImagePlatform | None, sign: str) -> Descriptor:
    return Descriptor(
        media_type=MANIFEST, digest=Digest(f"sha256:{sign * 64}"), size=1, platform=platform
    )


@pytest.mark.parametrize(
    ("rows", "wanted", "expected"),
    [
        ("amd64 arm64", "linux/arm64", 1),
        ("arm64/v8 arm/v7", "linux/arm64", 0),
        ("arm/v6 arm/v7", "linux/arm/v7", 1),
        ("amd64/v3 amd64", "linux/amd64", 1),
        ("amd64/v3", "linux/amd64", 0),
        ("unknown/unknown", "linux/amd64", None),
        ("none", "linux/amd64", 0),
        ("none none", "linux/amd64", None),
        ("windows/amd64", "linux/amd64", None),
        ("x86_64", "linux/amd64", 0),
    ],
)
def test_the_image_that_fits_best_is_chosen(rows: str, wanted: str, expected: int | None) -> None:
    def parsed(text: str) -> ImagePlatform | None:
        if text == "none":
            return None
        os, _, rest = (
            text.partition("/") if text.startswith(("win", "unk")) else ("linux", "", text)
        )
        architecture, _, variant = rest.partition("/")
        return ImagePlatform(os, architecture, variant or None)

    found = [row(parsed(text), "0123456789"[at]) for at, text in enumerate(rows.split())]
    chosen = choose(found, ImagePlatform.parse(wanted))
    assert chosen == (None if expected is None else found[expected])
