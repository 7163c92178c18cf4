"""`auth`: credentials go into the stores that are shared with Pixi, and are never told."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result

pytestmark = pytest.mark.forked

SECRET = "sw0rdfish"
STORE = ".rattler/credentials.json"


@pytest.fixture
def auth(wisp: CommandLine, tmp_path: Path) -> CommandLine:
    """The command line in a home of its own, since stores lie in the home."""
    home = tmp_path / "user"
    home.mkdir()
    return replace(wisp, variables={"HOME": str(home)})


def home_of(auth: CommandLine) -> Path:
    return Path(auth.variables["HOME"])


def stored(auth: CommandLine) -> dict[str, object]:
    table = json.loads((home_of(auth) / STORE).read_text())
    assert isinstance(table, dict)
    return table


def silent(done: Result) -> Result:
    assert SECRET not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (("repo.prefix.dev", "--token", SECRET), "repo.prefix.dev", {"BearerToken": SECRET}),
        (("prefix.dev", "--token", SECRET), "*.prefix.dev", {"BearerToken": SECRET}),
        (("https://a.b.org/x", "--token", SECRET), "a.b.org", {"BearerToken": SECRET}),
        (("anaconda.org", "--conda-token", SECRET), "*.anaconda.org", {"CondaToken": SECRET}),
        (
            ("localhost:5000", "--username", "u", "--password", SECRET),
            "localhost:5000",
            {"BasicHTTP": {"username": "u", "password": SECRET}},
        ),
        (
            ("s3://bucket", "--s3-access-key-id", "k", "--s3-secret-access-key", SECRET),
            "bucket",
            {
                "S3Credentials": {
                    "access_key_id": "k",
                    "secret_access_key": SECRET,
                    "session_token": None,
                }
            },
        ),
    ],
)
def test_each_kind_is_stored_as_pixi_stores_it(
    auth: CommandLine, tmp_path: Path, words: tuple[str, ...], key: str, value: object
) -> None:
    done = silent(auth("auth", "login", *words, cwd=tmp_path).success())
    assert key in done.stderr
    assert stored(auth) == {key: value}
    assert stat.S_IMODE((home_of(auth) / STORE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("A.B.ORG", "https://a.b.org/x"),
        ("Ü.org", "https://ü.org/x"),
        ("[::1]", "http://[::1]/x"),
        ("::1", "http://[::1]:5/x"),
        ("[::1]:5", "http://[::1]:5/x"),
        ("https://a.b.org:8/x", "https://a.b.org:9/y"),
        ("xn--tda.org", "https://sub.ü.org/x"),
    ],
)
def test_a_host_is_found_however_it_is_written(
    auth: CommandLine, tmp_path: Path, host: str, url: str
) -> None:
    auth("auth", "login", host, "--token", SECRET, cwd=tmp_path).success()
    assert "token" in auth("auth", "status", url, cwd=tmp_path).success().stdout
    auth("auth", "logout", host, cwd=tmp_path).success()
    assert stored(auth) == {}


@pytest.mark.parametrize("option", ["--token", "--conda-token"])
def test_a_secret_may_come_from_standard_input(
    auth: CommandLine, tmp_path: Path, option: str
) -> None:
    auth("auth", "login", "a.b.org", option, "-", cwd=tmp_path, stdin=f"{SECRET}\n").success()
    assert SECRET in str(stored(auth))
    empty = auth("auth", "login", "a.b.org", option, "-", cwd=tmp_path)
    assert empty.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("a.b.org",),
        ("a.b.org", "--username", "u"),
        ("a.b.org", "--token", ""),
        ("a.b.org", "--token", "x\ny"),
        ("", "--token", SECRET),
        ("a/b", "--token", SECRET),
        ("*", "--token", SECRET),
        ("a.org:99999", "--token", SECRET),
        ("a.org:x", "--token", SECRET),
        ("[::1", "--token", SECRET),
        ("u:p@a.b.org", "--token", SECRET),
        ("prefix.dev", "--conda-token", SECRET),
        ("anaconda.org", "--token", SECRET),
        ("s3://bucket", "--token", SECRET),
        ("a.b.org", "--s3-access-key-id", "k", "--s3-secret-access-key", SECRET),
        ("s3://bucket", "--s3-access-key-id", "k"),
        ("s3://bucket", "--s3-access-key-id", "k", "--token", SECRET),
        ("a.b.org", "--oauth", "--token", SECRET),
        ("a.b.org", "--token", SECRET, "--oauth-client-id", "x"),
        ("a.b.org", "--oauth", "--oauth-flow", "other"),
    ],
)
def test_what_makes_no_credential_is_refused(
    auth: CommandLine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert silent(auth("auth", "login", *words, cwd=tmp_path)).code == 2
    assert not (home_of(auth) / STORE).exists()


def test_status_tells_what_there_is_and_where(auth: CommandLine, tmp_path: Path) -> None:
    assert "No credentials" in auth("auth", "status", cwd=tmp_path).success().stderr
    auth("auth", "login", "b.org", "--token", SECRET, cwd=tmp_path).success()
    words = ("login", "a.b.org", "--username", "me", "--password", SECRET)
    auth("auth", *words, cwd=tmp_path).success()
    (home_of(auth) / ".netrc").write_text(f"machine a.b.org login other password {SECRET}\n")
    (home_of(auth) / ".netrc").chmod(0o600)
    assert silent(auth("auth", "status", cwd=tmp_path)).success().stdout.splitlines() == [
        f"{home_of(auth) / STORE}:",
        "  *.b.org  token",
        "  a.b.org  user and password",
        f"{home_of(auth) / '.netrc'}:",
        "  a.b.org  user and password (another store comes first)",
    ]
    assert "of me" in silent(auth("auth", "status", "--details", cwd=tmp_path)).stdout


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.b.org/channel", "a.b.org"),
        ("https://deep.a.b.org", "*.b.org"),
        ("b.org", "*.b.org"),
        ("https://c.org/", None),
    ],
)
def test_status_tells_what_an_address_would_get(
    auth: CommandLine, tmp_path: Path, url: str, key: str | None
) -> None:
    for host in ("b.org", "a.b.org"):
        auth("auth", "login", host, "--token", SECRET, cwd=tmp_path).success()
    done = silent(auth("auth", "status", url, cwd=tmp_path)).success()
    assert done.stdout.splitlines()[1:] == ([f"  {key}  token"] if key else [])


def test_logout_takes_a_host_or_all_away(auth: CommandLine, tmp_path: Path) -> None:
    for host in ("b.org", "a.b.org", "c.org"):
        auth("auth", "login", host, "--token", SECRET, cwd=tmp_path).success()
    assert "*.b.org" in auth("auth", "logout", "b.org", cwd=tmp_path).success().stderr
    assert sorted(stored(auth)) == ["*.c.org", "a.b.org"]
    assert "Nothing" in auth("auth", "logout", "b.org", cwd=tmp_path).success().stderr
    assert auth("auth", "logout", cwd=tmp_path).code == 2
    assert auth("auth", "logout", "b.org", "--all", cwd=tmp_path).code == 2
    auth("auth", "logout", "--all", cwd=tmp_path).success()
    assert stored(auth) == {}


def test_the_token_of_a_host_is_printed(auth: CommandLine, tmp_path: Path) -> None:
    auth("auth", "login", "b.org", "--token", SECRET, cwd=tmp_path).success()
    for host in ("b.org", "https://a.b.org/x"):
        assert auth("auth", "token", host, cwd=tmp_path).success().stdout == f"{SECRET}\n"
    words = ("login", "c.d.org", "--username", "me", "--password", SECRET)
    auth("auth", *words, cwd=tmp_path).success()
    for host in ("c.d.org", "nowhere.org"):
        assert silent(auth("auth", "token", host, cwd=tmp_path)).code == 1


def test_a_damaged_store_is_told_and_stays(auth: CommandLine, tmp_path: Path) -> None:
    file = home_of(auth) / STORE
    file.parent.mkdir()
    file.write_text(f'{{"a.b.org": {{"BearerToken": "{SECRET}"')
    before = file.read_text()
    login = silent(auth("auth", "login", "c.org", "--token", SECRET, cwd=tmp_path))
    assert (login.code, str(file) in login.stderr) == (1, True)
    assert silent(auth("auth", "logout", "--all", cwd=tmp_path)).code == 1
    assert str(file) in silent(auth("auth", "status", cwd=tmp_path)).success().stderr
    assert file.read_text() == before


def test_the_configured_file_stands_for_all_stores(auth: CommandLine, tmp_path: Path) -> None:
    named = tmp_path / "named.json"
    variables = {"RATTLER_AUTH_FILE": str(named)}
    auth("auth", "login", "b.org", "--token", SECRET, cwd=tmp_path, env=variables).success()
    assert list(json.loads(named.read_text())) == ["*.b.org"]
    assert not (home_of(auth) / STORE).exists()


def test_a_damaged_store_is_told_with_the_reason_and_the_line(
    wisp: CommandLine, tmp_path: Path
) -> None:
    store = wisp.home.path / ".rattler" / "credentials.json"
    store.parent.mkdir(exist_ok=True)
    store.write_text('{\n  "a": x\n}')
    told = wisp("auth", "status", cwd=tmp_path).success().stderr
    assert f"the credentials in `{store}` cannot be read: " in told
    assert "(line 2, column 8)" in told
