"""Hosts that are silent, that drip, or that never end: left in words, with nothing kept of them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import CommandLine
from tests.tiny import all_of, channel, install, settings, tiny
from tests.web import Answer, Asked, Web
from tools.forge.archive import Entry, Package
from wisp.engine import loop, seeing_off, waiting
from wisp.engine.gateway import ChannelAccess
from wisp.engine.lookout import Lookout
from wisp.engine.safe import packages
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import FetchError, InstallError
from wisp.specs.settings import Patience
from wisp.values import replace

MB = 1 << 20
#: Rows 34 and 35 of the audit, and what is said of each.
ATTACKS = {
    "silent": r"`127\.0\.0\.1` sent nothing",
    "dripping": r"`127\.0\.0\.1` sent nothing",
    "endless": r"longer than \d+ MB",
}


class Hostile:
    """A channel on a server, of which one file is answered in a hostile way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.attack = ""
        self.attacked = ""
        self.end = threading.Event()

    def answer(self, asked: Asked) -> Answer:
        if self.attacked and asked.path.endswith(self.attacked):
            if self.attack == "silent":
                self.end.wait()
                return Answer(404)
            if self.attack == "dripping":
                return Answer(body=b" " * 60, drip=0.5)
            file = self.folder / asked.path.lstrip("/")
            return Answer(body=file.read_bytes(), endless=True)
        file = self.folder / asked.path.lstrip("/")
        found = file.is_file() and not (self.attacked and file.name != self.attacked)
        return Answer(body=file.read_bytes()) if found else Answer(404)


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Hostile]:
    made = Hostile(tmp_path)
    yield made
    made.end.set()


@pytest.fixture
def web(hostile: Hostile) -> Iterator[Web]:
    with Web(hostile.answer) as server:
        yield server
        hostile.end.set()


def access(cache: Path, **patience: Any) -> ChannelAccess:
    return ChannelAccess(settings(cache, patience=Patience(**{"silence": 2.0, **patience})))


def drafts(cache: Path) -> list[Path]:
    kept = {".cache.lock", ".wisp-judged"}
    return [path for path in cache.rglob(".*") if path.name not in kept]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_channel_that_never_ends_is_left(
    hostile: Hostile, web: Web, tmp_path: Path, attack: str
) -> None:
    channel(tmp_path / "c", [tiny("good")])
    hostile.attack, hostile.attacked = attack, "repodata.json"
    with pytest.raises(FetchError, match=ATTACKS[attack]):
        ask_url(f"{web.url}/c/", access(tmp_path / "cache", largest=2 * MB))


def ask_url(url: str, channels: ChannelAccess) -> object:
    return solve(SolveRequest(specs=("good",), channels=(url,), subdir="linux-64"), channels)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_package_that_never_comes_is_left(
    hostile: Hostile, web: Web, tmp_path: Path, attack: str
) -> None:
    made = channel(tmp_path / "c", [tiny("good")])
    records = all_of(made, access(tmp_path / "first"))
    url = f"{web.url}/c"
    records = tuple(
        replace(row, location=row.location.replace(str(made), url), channel=url) for row in records
    )
    hostile.attack, hostile.attacked = attack, ".conda"
    with pytest.raises(FetchError, match=ATTACKS[attack]):
        install(tmp_path / "prefix", records, access(tmp_path / "cache", largest=2 * MB))


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A channel with an archive of some kilobytes for 600 MB of zeros."""
    made = Package(
        name="bomb", version="1.0", noarch="generic", files=(Entry("x", bytes(600 * MB)),)
    )
    return channel(tmp_path_factory.mktemp("bomb"), [made])


@pytest.mark.parametrize("hashed", [True, False])
def test_a_package_that_swells_beyond_reason_is_not_kept(
    bomb: Path, tmp_path: Path, hashed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 35. A fast disk takes it all within the second after which we usually look."""
    monkeypatch.setattr(loop, "_LOOK_SECONDS", 0.02)
    channels = access(tmp_path / "cache", largest=8 * MB, growth=100)
    records = all_of(bomb, channels)
    if not hashed:
        records = tuple(replace(row, sha256=None, md5=None) for row in records)
    with pytest.raises(FetchError, match=r"longer than \d+ MB"):
        install(tmp_path / "prefix", records, channels)
    assert drafts(tmp_path / "cache") == []


def test_what_compresses_well_is_no_bomb(tmp_path: Path) -> None:
    good = Package(
        name="good", version="1.0", noarch="generic", files=(Entry("x", bytes(16 * MB)),)
    )
    channels = access(tmp_path / "cache", largest=8 * MB, growth=100_000)
    install(tmp_path / "prefix", all_of(channel(tmp_path / "c", [good]), channels), channels)
    assert (tmp_path / "prefix" / "x").stat().st_size == 16 * MB


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("attacked", ["repodata.json", ".conda"])
def test_one_signal_ends_who_waits_for_a_host(
    wisp: CommandLine,
    hostile: Hostile,
    web: Web,
    tmp_path: Path,
    attacked: str,
    number: signal.Signals,
) -> None:
    """Row 36."""
    channel(tmp_path / "c", [tiny("good")])
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{web.url}/c"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\ngood = "*"\n'
    )
    if attacked == ".conda":
        wisp("lock", cwd=folder).success()
    hostile.attack, hostile.attacked = "silent", attacked
    ended_by(number, wisp.start("install", cwd=folder), web, attacked)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_who_waits_for_a_list_of_names(
    wisp: CommandLine, hostile: Hostile, web: Web, tmp_path: Path, number: signal.Signals
) -> None:
    """Our own client waits here, which once heard the second signal only."""
    made = channel(tmp_path / "c", [tiny("python", "3.12.0")]).as_uri()
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{made}"]\nplatforms = ["linux-64"]\n'
        f'conda-pypi-map = {{ "{made}" = "{web.url}/map.json" }}\n'
        '[dependencies]\npython = "*"\n[pypi-dependencies]\nx = "*"\n'
    )
    hostile.attack, hostile.attacked = "silent", "map.json"
    ended_by(number, wisp.start("lock", cwd=tmp_path), web, "map.json")


def ended_by(
    number: signal.Signals, process: subprocess.Popen[str], web: Web, attacked: str
) -> None:
    """Send a signal to a command once it has asked for a file; that is enough to end it."""
    while not any(row.path.endswith(attacked) for row in list(web.asked) if row.method == "GET"):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    try:
        assert process.wait(timeout=60) == 128 + number
    finally:
        process.kill()
        process.communicate()


# The look itself


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    now = {"moment": 1000.0, "busy": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: now["moment"])
    monkeypatch.setattr(time, "process_time", lambda: now["busy"])

    def pass_by(seconds: float, busy: float = 0.0) -> None:
        now["moment"] += seconds
        now["busy"] += busy

    return pass_by


def test_silence_is_told_first_and_then_too_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Callable[..., None]
) -> None:
    told: list[str] = []
    monkeypatch.setattr(waiting._Listener, "tell", staticmethod(told.append))
    watched = Lookout((tmp_path,), ["https://x.example/a"], Patience(silence=90))
    for _ in range(89):
        watched.look()
        clock(1)
    assert told == ["`x.example` sent nothing for 31 seconds; still waiting"]
    clock(3)
    with pytest.raises(FetchError, match=r"`x\.example` sent nothing for 90 seconds"):
        watched.look()


@pytest.mark.parametrize("sign", ["work", "bytes", "count", "nobody waits"])
def test_signs_of_life_are_patience(tmp_path: Path, clock: Callable[..., None], sign: str) -> None:
    heard = {"bytes": 0}
    count = (lambda: None) if sign == "nobody waits" else (lambda: heard["bytes"])
    watched = Lookout((tmp_path,), ["https://x.example/a"], Patience(silence=5), count)
    draft = tmp_path / ".draft"
    for second in range(1, 60):
        watched.look()
        clock(1, busy=0.5 if sign == "work" else 0.0)
        if sign == "bytes":
            draft.write_bytes(b"x" * 1000 * second)
        if sign == "count":
            heard["bytes"] += 1000


def test_what_an_older_process_left_is_nobodys_fault(tmp_path: Path) -> None:
    left = tmp_path / ".left"
    with left.open("wb") as file:
        file.truncate(64 * MB)
    watched = Lookout((tmp_path,), [], Patience(largest=MB))
    watched._begun = os.stat(left).st_ctime + 60
    watched.look()
    assert left.exists()


def test_a_package_of_files_without_measure_is_too_large_although_they_are_empty(
    tmp_path: Path,
) -> None:
    draft = tmp_path / ".many-x"
    draft.mkdir()
    watched = Lookout((tmp_path,), ["http://h/many"], Patience(largest=MB))
    for number in range(300):
        (draft / str(number)).touch()
    with pytest.raises(FetchError, match="longer than 1 MB"):
        watched.look()
    assert not draft.exists()


def test_what_goes_on_after_it_was_given_up_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rattler writes on into what is removed, which a program that lives on has to bear."""
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("nobody tells there what is open")
    monkeypatch.setattr(seeing_off, "_PAUSE", 0.01)
    watched = Lookout((tmp_path,), ["http://h/x"], Patience(largest=MB))
    (tmp_path / ".x").mkdir()
    with (tmp_path / ".x" / "endless").open("wb", buffering=0) as written:
        written.write(bytes(2 * MB))
        with pytest.raises(FetchError, match="longer than 1 MB"):
            watched.look()
        for size in (0, 2 * MB):
            written.write(bytes(size))
            end = time.monotonic() + 60
            while os.fstat(written.fileno()).st_blocks and time.monotonic() < end:
                time.sleep(0.01)
            assert os.fstat(written.fileno()).st_blocks == 0
        # What rattler begins anew goes as well.
        again = tmp_path / ".y"
        again.write_bytes(bytes(2 * MB))
        while again.exists() and time.monotonic() < end:
            time.sleep(0.01)
        assert not again.exists()


def test_a_package_of_more_files_than_any_other_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = tmp_path / ".many-b-1.0-0x"
    draft.mkdir()
    for number in range(12):
        (draft / str(number)).touch()
    limits = {".many-": 1, ".many-b-": 1, ".other-": 1}
    watched = Lookout((tmp_path,), ["http://h/x"], Patience(files=12), limits=limits)
    with pytest.raises(FetchError, match="`many-b` unpacks to more than 12 files"):
        watched.look()
    assert not draft.exists()
    # One that is unpacked before anybody looks is not linked.
    monkeypatch.setattr(packages, "MOST_FILES", 2)
    files = tuple(Entry(f"share/{number}") for number in range(3))
    channels = access(tmp_path / "cache")
    records = all_of(channel(tmp_path / "c", [tiny("many", files=files)]), channels)
    with pytest.raises(InstallError, match=r"`many-1\.0-0` was refused"):
        install(tmp_path / "prefix", records, channels)
    assert not (tmp_path / "prefix" / "share").exists()
