"""Images for SageMaker: the real SDK's jobs, training and inference, offline."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.images.conftest import docker_runs, run
from tests.cloud.index import environment_of
from tests.cloud.needs import skip_if_unreachable
from tests.sandbox import CommandLine, make_home
from tools.cloud.registry import wait_for
from tools.forge.build import Forge

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).with_name("remote_client.py")
SDKS = {"v2": "sagemaker==2.257.7", "v3": "sagemaker-core==2.27.0"}
LIBRARIES = ("libffi8", "libbz2-1.0", "liblzma5", "libsqlite3-0", "libcrypt1")
SERVER = """\
import signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ping" else 404)
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if self.path == "/invocations" else 404)
        self.end_headers()
        self.wfile.write(body.upper())


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("", 8080), Answer).serve_forever()
"""
TRAINING = """\
import json, os, pathlib, sys
root = pathlib.Path("/opt/ml")
parameters = json.loads((root / "input/config/hyperparameters.json").read_text())
if parameters.get("fail"):
    sys.exit(int(parameters["fail"]))
(root / "model").mkdir(exist_ok=True)
(root / "model" / "weights").write_text(f"{os.environ['SETTING']} {os.getuid()}")
"""


@dataclass(frozen=True)
class Kit:
    """An installed workspace with both SDKs, each in an environment, and its images in Docker."""

    folder: Path
    wisp: CommandLine

    def image(self, sdk: str) -> dict[str, Any]:
        words = ("image", "build", "-e", sdk, "--sagemaker", "--load", "-t", f"remote:{sdk}")
        made = self.wisp(*words, "--json", cwd=self.folder, timeout=900)
        skip_if_unreachable(made.stderr if made.code else "")
        found: dict[str, Any] = json.loads(made.success().stdout)
        return found


@pytest.fixture(scope="module")
def kit(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    docker_runs()
    scratch = tmp_path_factory.mktemp("sagemaker")
    wisp = CommandLine(make_home(scratch / "home", scratch / "cache"))
    folder = scratch / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=scratch).success()
    packages = ", ".join(f'"{name}"' for name in LIBRARIES)
    pins = {sdk: spec.replace("==", ' = "==') + '"' for sdk, spec in SDKS.items()}
    features = "".join(f"[feature.{sdk}.pypi-dependencies]\n{pin}\n" for sdk, pin in pins.items())
    manifest = folder / "pixi.toml"
    manifest.write_text(
        manifest.read_text().replace("[tasks]\n", "").replace("[dependencies]\n", "")
        + f'\n[dependencies]\npython = "{forge.minor}.*"\nactivator = "*"\n'
        + '[pypi-dependencies]\npip = "*"\nnumpy = "<2.3"\n'
        + features
        + '[environments]\nv2 = ["v2"]\nv3 = ["v3"]\n'
        + '[activation.env]\nSETTING = "from activation"\n'
        + '[tasks]\ntrain = "python training.py"\nserve = "python server.py"\n'
        + f"[tool.wisp.image]\ndebian-packages = [{packages}]\n"
    )
    (folder / "server.py").write_text(SERVER)
    (folder / "training.py").write_text(TRAINING)
    made = wisp("install", "--all", cwd=folder, timeout=900)
    skip_if_unreachable(made.stderr if made.code else "")
    made.success()
    return Kit(folder, wisp)


@pytest.fixture(scope="module", params=SDKS)
def sdk(kit: Kit, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an SDK, whose image Docker has, and whose client can capture what it runs in."""
    name: str = request.param
    kit.image(name)
    kit.wisp("image", "shim", "-e", name, cwd=kit.folder).success()
    yield name
    run("docker", "rmi", "--force", f"remote:{name}")


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """A cloud of this machine's own: the variables that lead there."""
    programs = environment_of("moto[server]==5.2.5")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [programs / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/moto-api/")
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def answers(kit: Kit, sdk: str, aws: dict[str, str]) -> dict[str, Any]:
    """What remote functions answer, called in the environment that the image was made of."""
    (kit.folder / "requirements.txt").write_text("numpy\npip\n")
    (kit.folder / "good.yml").write_text("dependencies:\n- python\n- pip:\n  - numpy>=1\n")
    (kit.folder / "bad.yml").write_text("dependencies:\n- python\n- pip:\n  - torch==2.0\n")
    calls = {
        "plain": {"numbers": (9, 2)},
        "raising": {"numbers": (1, 0)},
        "requirements": {"numbers": (9, 2), "dependencies": "requirements.txt"},
        "good": {"numbers": (9, 2), "dependencies": "good.yml"},
        "named": {"numbers": (9, 2), "dependencies": "good.yml", "job_conda_env": sdk},
        "bad": {"numbers": (9, 2), "dependencies": "bad.yml"},
        "captured": {"numbers": (9, 2), "dependencies": "auto_capture"},
    }
    env = {**aws, "PATH": os.environ["PATH"]}
    words = ("python", str(CLIENT), f"remote:{sdk}", json.dumps(calls))
    command = ("run", "--as-is", "-e", sdk, *words)
    done = kit.wisp(*command, cwd=kit.folder, env=env, timeout=900).success()
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return found


# With `requirements` pip finds all there; `captured` exports what runs here, and finds it there.
@pytest.mark.parametrize("name", ["plain", "requirements", "good", "named", "captured"])
def test_a_remote_function_returns_its_result(answers: dict[str, Any], name: str) -> None:
    assert answers[name].get("result") == 4.5, answers[name]


def test_its_exception_is_raised_here(answers: dict[str, Any]) -> None:
    found = answers["raising"]
    assert (found["error"], found["code"]) == ("ZeroDivisionError", 1), found["text"]


def test_an_environment_file_that_the_image_does_not_satisfy_ends_the_job(
    answers: dict[str, Any],
) -> None:
    assert answers["bad"]["code"] != 0
    assert "torch==2.0 is not in this environment, which is locked" in answers["bad"]["log"]


def train(folder: Path, sdk: str, **parameters: str) -> int:
    config = folder / "input" / "config"
    config.mkdir(parents=True)
    (config / "hyperparameters.json").write_text(json.dumps(parameters))
    words = ("--rm", "--network", "none", "-v", f"{folder}:/opt/ml", f"remote:{sdk}", "train")
    return subprocess.run(["docker", "run", *words], check=False).returncode


def test_a_container_trains(sdk: str, tmp_path: Path) -> None:
    assert train(tmp_path / "ml", sdk) == 0
    assert (tmp_path / "ml" / "model" / "weights").read_text() == "from activation 0"
    assert not (tmp_path / "ml" / "output").exists()


def test_a_training_that_fails_says_so_to_the_platform(sdk: str, tmp_path: Path) -> None:
    assert train(tmp_path / "ml", sdk, fail="7") == 7
    text = (tmp_path / "ml" / "output" / "failure").read_text()
    assert text == "the task 'train' ended with exit code 7\n"


def test_a_container_answers_for_a_model_and_stops_when_asked(sdk: str) -> None:
    words = ("--rm", "--detach", "--network", "host", f"remote:{sdk}", "serve")
    name = run("docker", "run", *words).strip()
    try:
        wait_for("http://127.0.0.1:8080/ping")
        request = urllib.request.Request("http://127.0.0.1:8080/invocations", data=b"text")
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.read() == b"TEXT"
    finally:
        started = time.monotonic()
        run("docker", "stop", "--time", "60", name)
    assert time.monotonic() - started < 50


def test_the_build_tells_how_to_use_the_image(kit: Kit, sdk: str) -> None:
    found = kit.image(sdk)["sagemaker"]
    assert found["line"] == f'@remote(image_uri="docker.io/library/remote:{sdk}")'
    assert found["lacks"] == []
