"""What uv fetches has a size and a time, which uv itself does not see to."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.web import Answer, Asked, Web
from wisp.engine import waiting
from wisp.engine.idleness import work_of
from wisp.engine.uv import Uv
from wisp.engine.uv_drafts import UvDrafts
from wisp.errors import FetchError
from wisp.report import SILENT, Reporter
from wisp.specs.settings import Patience

NAME = "evil-1.0-py3-none-any.whl"


class Watching(Reporter):
    """Somebody who looks on, so that uv draws."""

    watched = True


def beginning() -> bytes:
    """The first bytes of a wheel: a file that is said to be large, and not packed."""
    path, size = b"evil/big.bin", (1 << 31) - 1
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, size, size, len(path), 0) + path


def index(body: Answer) -> Web:
    page = f'<a href="/f/{NAME}" data-core-metadata="true">{NAME}</a>'.encode()

    def answer(asked: Asked) -> Answer:
        if asked.method == "HEAD":
            return Answer(405)
        if asked.path.startswith("/simple"):
            return Answer(headers={"Content-Type": "text/html"}, body=page)
        if asked.path.endswith(".metadata"):
            return Answer(body=b"Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
        return body

    return Web(answer)


@pytest.mark.parametrize("reporter", [SILENT, Watching()], ids=["unseen", "watched"])
@pytest.mark.parametrize(
    ("body", "patience", "words"),
    [
        (Answer(body=beginning(), endless=True), Patience(largest=1 << 20), "longer than 4 MB"),
        (Answer(body=beginning() + bytes(1 << 16), drip=0.01), Patience(whole=1), "did not send"),
    ],
    ids=["without end", "drips"],
)
def test_what_uv_fetches_has_an_end(
    uv: Uv, tmp_path: Path, reporter: Reporter, body: Answer, patience: Patience, words: str
) -> None:
    bounded = replace(uv, offline=False, patience=patience, reporter=reporter)
    with index(body) as web:
        words_of_uv = ["pip", "install", "--target", str(tmp_path / "t"), "evil"]
        words_of_uv += ["--default-index", f"{web.url}/simple"]
        with pytest.raises(FetchError, match=words):
            bounded.run(words_of_uv, hosts={"evil": "files.example"})
    assert not (tmp_path / "t" / "evil").exists()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="told by Linux only")
@pytest.mark.parametrize("page", ["/simple", ".metadata"])
def test_what_uv_reads_into_its_memory_has_an_end(uv: Uv, tmp_path: Path, page: str) -> None:
    web = index(Answer(status=404))
    plain = web.answer

    def answer(asked: Asked) -> Answer:
        found = plain(asked)
        endless = asked.path.startswith(page) or asked.path.endswith(page)
        return replace(found, body=b"<!-- " * 10_000, endless=True) if endless else found

    web.answer = answer
    bounded = replace(uv, offline=False, patience=Patience(memory=200 << 20))
    words = ["pip", "install", "--target", str(tmp_path / "t"), "evil", "--default-index"]
    with web, pytest.raises(FetchError, match=r"more than 200 MB .*files\.example"):
        bounded.run([*words, f"{web.url}/simple"], hosts={"evil": "files.example"})


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="told by Linux only")
@pytest.mark.parametrize(
    ("command", "waits"),
    [("exec sleep 60", True), ("sleep 60; true", False)],
    ids=["alone", "builds"],
)
def test_a_host_that_is_silent_is_told_while_uv_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, waits: bool
) -> None:
    told: list[str] = []
    monkeypatch.setattr(waiting._Listener, "tell", staticmethod(told.append))
    drafts = UvDrafts(tmp_path, ["h"], Patience(silence=0.6))
    with subprocess.Popen(["sh", "-c", command], start_new_session=True) as process:
        try:
            while command.startswith("sleep") and work_of(process.pid) is not None:
                time.sleep(0.01)  # its child is not there yet
            end = time.monotonic() + (30 if waits else 1)
            while not told and time.monotonic() < end:
                drafts.look(process.pid)
                time.sleep(0.02)
            for _ in range(20):
                drafts.look(process.pid)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    words = "`h` sent nothing, or hardly anything, for 0 seconds; still waiting"
    assert told == ([words] if waits else [])


def test_drafts_of_before_and_what_is_whole_count_for_nothing(tmp_path: Path) -> None:
    for place in (".tmpAbCdEf", "archive-v0/x/big", "sdists-v11/.tmpAbCdEf/big"):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(5000))
    drafts = UvDrafts(tmp_path, ["h"], Patience(largest=1000))
    for old in (tmp_path / ".tmpAbCdEf", tmp_path / "sdists-v11" / ".tmpAbCdEf"):
        old.rename(old.with_name("whole"))
    drafts.look(os.getpid())
    os.truncate(tmp_path / "whole", 0)
    (tmp_path / "sdists-v11" / ".tmpGhIjKl").write_bytes(bytes(5000))
    with pytest.raises(FetchError, match="`h`"):
        UvDrafts(tmp_path, ["h"], Patience(largest=1000)).look(os.getpid())
