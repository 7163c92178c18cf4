from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.tiny import VIRTUAL, ask, channel, settings, tiny
from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import FetchError, SolveError
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.newness import cutoff_for
from wisp.specs.records import CondaRecord


def _at(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return channel(
        tmp_path / "main",
        [
            tiny("app", "1.0", "lib", timestamp=_at(2020)),
            tiny("app", "2.0", "lib >=2", timestamp=_at(2024)),
            tiny("lib", "1.0", timestamp=_at(2020)),
            tiny("lib", "2.0", timestamp=_at(2024)),
            tiny("modern", "1.0", "__glibc >=2.40"),
            tiny("picky", "1.0", "lib <2", "absent"),
        ],
    )


@pytest.fixture
def access(tmp_path: Path) -> ChannelAccess:
    return ChannelAccess(settings(tmp_path / "cache"))


def _names(records: tuple[CondaRecord, ...]) -> list[str]:
    return [f"{row.name}-{row.version}" for row in records]


def test_the_newest_versions_win(main: Path, access: ChannelAccess) -> None:
    assert _names(ask(main, access, "app")) == ["app-2.0", "lib-2.0"]


def test_files_are_spelled_as_locks_do(main: Path, access: ChannelAccess) -> None:
    (record,) = ask(main, access, "lib")
    assert record.location == str(main / "noarch" / "lib-2.0-0.conda")
    assert record.channel == main.as_uri()
    assert record.fresh


def test_the_lowest_versions_win_when_asked(main: Path, access: ChannelAccess) -> None:
    assert _names(ask(main, access, "app", strategy="lowest")) == ["app-1.0", "lib-1.0"]


def test_a_space_separated_build_is_understood(main: Path, access: ChannelAccess) -> None:
    assert _names(ask(main, access, "lib 1.0 0")) == ["lib-1.0"]


def test_locked_records_are_preferred_and_keep_their_origin(
    main: Path, access: ChannelAccess
) -> None:
    old = ask(main, access, "app 1.0", "lib 1.0")
    assert ask(main, access, "app", locked=old) == old


def test_constraints_hold_without_being_installed(main: Path, access: ChannelAccess) -> None:
    answer = ask(main, access, "app", constraints=("lib <2", "modern"))
    assert _names(answer) == ["app-1.0", "lib-1.0"]


def test_virtual_packages_of_the_platform_decide(main: Path, access: ChannelAccess) -> None:
    with pytest.raises(SolveError) as caught:
        ask(main, access, "modern")
    assert "__glibc" in str(caught.value.causes[0])


def test_an_unsolvable_request_tells_why(main: Path, access: ChannelAccess) -> None:
    with pytest.raises(SolveError) as caught:
        ask(main, access, "picky")
    assert "absent" in str(caught.value.causes[0])


def test_a_spec_that_is_none_is_named(main: Path, access: ChannelAccess) -> None:
    with pytest.raises(SolveError, match="`app >>1` is not a valid match spec"):
        ask(main, access, "app >>1")


def test_a_missing_channel_is_a_failed_fetch(tmp_path: Path, access: ChannelAccess) -> None:
    with pytest.raises(FetchError, match="could not find subdir"):
        ask(tmp_path / "nowhere", access, "app")


def test_solves_can_run_side_by_side(main: Path, access: ChannelAccess) -> None:
    requests = [
        SolveRequest(specs=(spec,), channels=(main.as_uri(),), subdir=subdir)
        for spec in ("app", "lib")
        for subdir in ("linux-64", "noarch")
    ]
    with ThreadPoolExecutor() as threads:
        answers = threads.map(lambda request: solve(request, access), requests)
    assert list(map(len, answers)) == [2, 2, 1, 1]


class TestCutoffs:
    def test_one_moment_holds_for_all(self, main: Path, access: ChannelAccess) -> None:
        cutoff = ExcludeNewer(default=datetime(2022, 1, 1, tzinfo=UTC))
        assert _names(ask(main, access, "app", exclude_newer=cutoff)) == ["app-1.0", "lib-1.0"]

    def test_a_zone_other_than_utc_means_the_same_instant(
        self, main: Path, access: ChannelAccess
    ) -> None:
        zone = timezone(timedelta(hours=10))
        just_late_enough = datetime(2024, 1, 1, 10, 0, tzinfo=zone)
        a_second_early = just_late_enough - timedelta(seconds=1)
        for moment, version in ((just_late_enough, "lib-2.0"), (a_second_early, "lib-1.0")):
            cutoff = ExcludeNewer(default=moment)
            assert _names(ask(main, access, "lib", exclude_newer=cutoff)) == [version]

    def test_a_package_can_have_its_own(self, main: Path, access: ChannelAccess) -> None:
        cutoff = ExcludeNewer(packages={"app": datetime(2022, 1, 1, tzinfo=UTC)})
        assert _names(ask(main, access, "app", exclude_newer=cutoff)) == ["app-1.0", "lib-2.0"]

    def test_a_later_one_of_its_own_beats_the_default(
        self, main: Path, access: ChannelAccess
    ) -> None:
        cutoff = ExcludeNewer(
            default=datetime(2022, 1, 1, tzinfo=UTC),
            packages={"lib": datetime(2025, 1, 1, tzinfo=UTC)},
        )
        assert _names(ask(main, access, "app", exclude_newer=cutoff)) == ["app-1.0", "lib-2.0"]

    def test_a_channel_can_have_its_own(self, main: Path, access: ChannelAccess) -> None:
        cutoff = ExcludeNewer(channels={main.as_uri() + "/": datetime(2022, 1, 1, tzinfo=UTC)})
        assert _names(ask(main, access, "lib", exclude_newer=cutoff)) == ["lib-1.0"]

    def test_package_beats_channel_beats_default(self) -> None:
        first, second, third = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021, 2022))
        cutoffs = ExcludeNewer(default=first, channels={"c/": second}, packages={"x": third})
        assert cutoff_for("x", "c", cutoffs) == third
        assert cutoff_for("y", "c", cutoffs) == second
        assert cutoff_for("y", "d", cutoffs) == first


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass


class _Locked(_Quiet):
    """Answers only those who know the password."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != "Bearer secret":
            self.send_error(401)
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up early are no news."""


def _served(folder: Path, handler: type[SimpleHTTPRequestHandler]) -> Iterator[str]:
    def make(*words: object) -> SimpleHTTPRequestHandler:
        return handler(*words, directory=str(folder))  # type: ignore[arg-type]

    with _Server(("127.0.0.1", 0), make) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def server(main: Path) -> Iterator[str]:
    yield from _served(main, _Quiet)


@pytest.fixture
def locked_server(main: Path) -> Iterator[str]:
    yield from _served(main, _Locked)


def _request(url: str) -> SolveRequest:
    return SolveRequest(
        specs=("lib",), channels=(url,), subdir="linux-64", virtual_packages=VIRTUAL
    )


REAL = "https://channels.invalid/main/"


def test_a_mirror_stands_in_and_locks_keep_the_real_url(server: str, tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path / "cache", mirrors={REAL: (server,)}))
    (record,) = solve(_request(REAL), access)
    assert record.location == f"{REAL}noarch/lib-2.0-0.conda"


def test_a_mirror_gets_its_own_credentials(locked_server: str, tmp_path: Path) -> None:
    auth = tmp_path / "credentials.json"
    auth.write_text('{"127.0.0.1": {"BearerToken": "secret"}}')
    access = ChannelAccess(
        settings(tmp_path / "cache", mirrors={REAL: (locked_server,)}, auth_file=auth)
    )
    assert _names(solve(_request(REAL), access)) == ["lib-2.0"]


def test_without_credentials_a_private_channel_is_a_failed_fetch(
    locked_server: str, tmp_path: Path
) -> None:
    access = ChannelAccess(settings(tmp_path / "cache"))
    with pytest.raises(FetchError) as caught:
        solve(_request(locked_server), access)
    assert "401" in str(caught.value.causes[0])
    assert "credentials" in caught.value.hints[0]


def test_an_unreachable_host_is_told_with_what_may_help(tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path / "cache"))
    with pytest.raises(FetchError, match="failed to read a channel") as caught:
        solve(_request("http://127.0.0.1:9/"), access)
    assert any("Connection refused" in str(cause) for cause in caught.value.causes)
    assert "network" in caught.value.hints[0]


def test_offline_only_cached_packages_of_a_remote_channel_count(
    server: str, tmp_path: Path
) -> None:
    solve(_request(server), ChannelAccess(settings(tmp_path / "cache")))
    access = ChannelAccess(settings(tmp_path / "cache", offline=True))
    with pytest.raises(SolveError) as caught:
        solve(_request(server), access)
    assert any("offline" in hint for hint in caught.value.hints)


def test_offline_a_local_channel_is_read_as_ever(main: Path, tmp_path: Path) -> None:
    access = ChannelAccess(settings(tmp_path / "cache", offline=True))
    assert _names(ask(main, access, "lib")) == ["lib-2.0"]
