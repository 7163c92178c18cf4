"""The shared package cache: what nobody vouches for does not enter, and is not linked from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tests.tiny import all_of, channel, settings, tiny
from tests.web import Answer, Asked, Web
from tools.forge.archive import text
from wisp.engine import waiting
from wisp.engine.conda_installation import CondaInstallation
from wisp.engine.file_locks import held_file
from wisp.engine.gateway import ChannelAccess
from wisp.engine.installer import check_sources, install_conda
from wisp.engine.safe.cache_drafts import sweep_drafts
from wisp.errors import FetchError, LockFileError
from wisp.lock.read import read
from wisp.report import SILENT
from wisp.specs.records import CondaRecord
from wisp.values import replace

FILE = "share/greeter.txt"
PAIRS = [(foreign, true) for foreign in ("file", "http") for true in ("file", "http")]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    def answer(asked: Asked) -> Answer:
        file = tmp_path / asked.path.lstrip("/")
        return Answer(200, {}, file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as server:
        yield server


class Machine:
    """A user with one cache, who installs channels into prefixes of their own."""

    def __init__(self, folder: Path, web: Web) -> None:
        self.folder = folder
        self.web = web
        self.cache = folder / "cache"

    def access(self, **network: Any) -> ChannelAccess:
        return ChannelAccess(settings(self.cache, **network))

    def records(self, name: str, words: str, way: str) -> tuple[CondaRecord, ...]:
        """Make a channel with the same `greeter` in name, version and build, and lock it."""
        made = channel(self.folder / name, [tiny("greeter", files=(text(FILE, words),))])
        records = all_of(made, self.access())
        if way == "file":
            return records
        url = f"{self.web.url}/{name}"
        return tuple(
            replace(row, location=row.location.replace(str(made), url), channel=url)
            for row in records
        )

    def install(self, records: tuple[CondaRecord, ...], prefix: str, **network: Any) -> str:
        request = CondaInstallation(
            records=records, prefix=self.folder / "envs" / prefix, subdir="linux-64"
        )
        access = self.access(**network)
        install_conda(request, access, SILENT, check_sources(request, access))
        return (request.prefix / FILE).read_text()


@pytest.fixture
def machine(tmp_path: Path, web: Web) -> Machine:
    return Machine(tmp_path, web)


def unhashed(records: tuple[CondaRecord, ...]) -> tuple[CondaRecord, ...]:
    return tuple(replace(row, sha256=None, md5=None) for row in records)


@pytest.mark.parametrize(("foreign", "true"), PAIRS)
def test_a_package_without_hash_does_not_stand_in_for_one_with(
    machine: Machine, foreign: str, true: str
) -> None:
    strange = unhashed(machine.records("strange", "evil", foreign))
    assert machine.install(strange, "one") == "evil"
    trusted = machine.records("trusted", "good", true)
    assert machine.install(trusted, "two") == "good"
    # Nor does the trusted one stand in for what is asked for without a hash.
    assert machine.install(strange, "three") == "evil"


def test_a_package_without_hash_never_enters_the_shared_cache(machine: Machine) -> None:
    machine.install(unhashed(machine.records("strange", "evil", "http")), "one")
    assert list(machine.cache.rglob("greeter*")) == []
    assert list(machine.cache.glob("unverified-packages-*")) == []


def test_what_a_killed_program_was_unpacking_is_swept_unless_somebody_is_at_work(
    machine: Machine,
) -> None:
    cache = machine.cache / "conda_packages"
    first, second, third = (machine.records(one, one, "file") for one in ("one", "two", "three"))
    machine.install(first, "one")
    draft = cache / ".greeter-1.0-0aB3xYz"
    others = [cache / ".another-1.0-0aB3xYz", cache / ".git-other", cache / "greeter-1.0-0"]
    for folder in (draft, *others[:2]):
        (folder / "share").mkdir(parents=True)
    for at_work in (cache / ".cache.lock", cache / "greeter-1.0-0.lock"):
        with held_file(at_work):
            sweep_drafts(cache)
            assert draft.exists()
    machine.install(first, "again")  # nothing to unpack, so nobody looks
    assert draft.exists()
    machine.install(second, "two")
    assert not draft.exists()
    assert all(folder.is_dir() for folder in others)
    draft.symlink_to(machine.folder / "envs" / "one")
    machine.install(third, "three")
    assert (machine.folder / "envs" / "one" / FILE).exists()


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_what_another_program_left_without_hash_is_fetched_anew(
    machine: Machine, before: str, after: str
) -> None:
    assert machine.install(machine.records("strange", "evil", before), "one") == "evil"
    lock = machine.cache / "conda_packages" / "greeter-1.0-0.lock"
    lock.write_bytes(lock.read_bytes()[:8])
    assert machine.install(machine.records("trusted", "good", after), "two") == "good"


def test_what_nobody_vouches_for_is_not_removed_while_another_program_installs_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 310: two channels have a package of one name, version and build."""
    waits: Queue[str] = Queue()
    monkeypatch.setattr(waiting, "tell", waits.put)
    machine.install(machine.records("strange", "theirs", "file"), "one")
    entry = machine.cache / "conda_packages" / "greeter-1.0-0"
    for at_work in (entry.with_name(".cache.lock"), entry.with_name("greeter-1.0-0.lock")):
        words = f"ours, behind {at_work.name}"
        installing = Thread(
            target=machine.install,
            args=(machine.records(words, words, "file"), at_work.name),
            daemon=True,
        )
        with held_file(at_work):
            installing.start()
            assert at_work.name in waits.get(timeout=60)
            assert (entry / FILE).exists()
            assert installing.is_alive()
        installing.join(60)
        assert (machine.folder / "envs" / at_work.name / FILE).read_text() == words


def test_who_may_not_lock_the_cache_leaves_it_and_installs_all_the_same(machine: Machine) -> None:
    """As where the lock is another user's; rattler cannot fill such a cache either."""
    machine.install(machine.records("strange", "theirs", "file"), "one")
    lock = machine.cache / "conda_packages" / ".cache.lock"
    lock.unlink()
    lock.mkdir()
    assert machine.install(machine.records("trusted", "ours", "file"), "two") == "ours"
    assert (lock.with_name("greeter-1.0-0") / FILE).read_text() == "theirs"


@pytest.mark.parametrize("way", ["file", "http"])
def test_a_refused_package_is_refused_again_although_another_was_there(
    machine: Machine, way: str
) -> None:
    assert machine.install(machine.records("old", "old", way), "one") == "old"
    records = machine.records("new", "new", way)
    false = tuple(replace(row, sha256="1" * 64, md5=None) for row in records)
    for _ in range(3):
        with pytest.raises(FetchError, match="hash"):
            machine.install(false, "two")
    assert not (machine.folder / "envs" / "two" / FILE).exists()
    assert machine.install(records, "two") == "new"


def test_a_verified_package_is_not_asked_for_again(machine: Machine) -> None:
    records = machine.records("trusted", "good", "http")
    machine.install(records, "one")
    asked = len(machine.web.asked)
    assert machine.install(records, "two") == "good"
    assert len(machine.web.asked) == asked


def test_offline_only_what_was_verified_counts_as_there(machine: Machine) -> None:
    records = machine.records("trusted", "good", "http")
    machine.install(records, "one")
    assert machine.install(records, "two", offline=True) == "good"
    for missing in (unhashed(records), tuple(replace(row, sha256="1" * 64) for row in records)):
        with pytest.raises(FetchError, match="not in the package cache"):
            machine.install(missing, "three", offline=True)


def test_a_hash_in_capital_letters_is_the_same_hash(machine: Machine) -> None:
    records = machine.records("trusted", "good", "http")
    machine.install(records, "one")
    digest = records[0].sha256
    assert digest is not None
    assert machine.install((replace(records[0], sha256=digest.upper()),), "two") == "good"


@pytest.mark.parametrize("way", ["file", "http"])
def test_a_digest_in_capital_letters_is_the_same(machine: Machine, way: str) -> None:
    (record,) = machine.records("good", "good", way)
    assert record.sha256 is not None
    capital = (replace(record, sha256=record.sha256.upper(), md5=None),)
    assert machine.install(capital, "one") == "good"
    assert machine.install(capital, "two") == "good"


LOCK = """\
version: 7
platforms:
- name: linux-64
environments:
  default:
    channels: []
    packages:
      linux-64:
      - {kind}: https://x.example/noarch/a-1-0.{kind}
packages:
- {kind}: https://x.example/noarch/a-1-0.{kind}
  name: a
  version: "1"
  {algorithm}: "{digest}"
"""


@pytest.mark.parametrize("kind", ["conda", "pypi"])
@pytest.mark.parametrize(("algorithm", "size"), [("sha256", 64), ("md5", 32)])
def test_a_digest_of_another_length_is_none(kind: str, algorithm: str, size: int) -> None:
    """An empty one would count as if nothing had been said."""
    read(LOCK.format(kind=kind, algorithm=algorithm, digest="0" * size), "pixi.lock")
    for digest in ("", "00", "0" * (size - 2), "0" * (size + 2), "x" * size):
        with pytest.raises(LockFileError, match="hash"):
            read(LOCK.format(kind=kind, algorithm=algorithm, digest=digest), "pixi.lock")
