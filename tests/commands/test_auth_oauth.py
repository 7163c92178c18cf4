"""`auth login --oauth`, against a provider that is written here: each way, and what goes wrong."""

from __future__ import annotations

import json
import stat
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.commands.test_hints_followed import advised, words_of
from tests.oauth_provider import Provider
from tests.sandbox import CommandLine, Result
from tests.web import Answer, Asked, Web

STORE = ".rattler/credentials.json"
#: A browser that nobody sees: it follows where it is led.
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"


@pytest.fixture
def auth(wisp: CommandLine, tmp_path: Path) -> CommandLine:
    home = tmp_path / "user"
    home.mkdir()
    script = tmp_path / "browser.py"
    script.write_text(BROWSER)
    variables = {"HOME": str(home), "BROWSER": f"{sys.executable} {script}"}
    return replace(wisp, variables=variables)


def stored(auth: CommandLine) -> dict[str, dict[str, dict[str, object]]]:
    file = Path(auth.variables["HOME"]) / STORE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    table: dict[str, dict[str, dict[str, object]]] = json.loads(file.read_text())
    return table


def sign_in(auth: CommandLine, provider: Provider, cwd: Path, *words: str) -> Result:
    login = ("auth", "login", "127.0.0.1", "--oauth", "--oauth-issuer-url", provider.url)
    done = auth(*login, *words, cwd=cwd)
    assert "access-" not in done.stdout + done.stderr
    assert "device-secret" not in done.stdout + done.stderr
    return done


def test_a_code_is_told_and_the_token_stored_as_pixi_stores_it(
    auth: CommandLine, tmp_path: Path
) -> None:
    with Provider() as provider:
        done = sign_in(auth, provider, tmp_path).success()
        assert f"{provider.url}/activate" in done.stderr
        assert "ABCD-EFGH" in done.stderr
        assert "Stored" in done.stderr
        content = stored(auth)["127.0.0.1"]["OAuth"]
        end = content.pop("expires_at")
        assert isinstance(end, int)
        assert 3000 < end - time.time() < 3700
        assert content == {
            "access_token": "access-1",
            "refresh_token": "renewal-1",
            "token_endpoint": f"{provider.url}/token",
            "revocation_endpoint": f"{provider.url}/revoke",
            "client_id": "rattler",
        }
        assert provider.seen[0] == {
            "client_id": "rattler",
            "scope": "openid profile offline_access",
        }


@pytest.mark.parametrize("flow", ["auth-code", "auto"])
def test_a_browser_comes_back_with_a_code(auth: CommandLine, tmp_path: Path, flow: str) -> None:
    with Provider() as provider:
        words = ("--oauth-flow", flow, "--oauth-client-id", "me", "--oauth-scope", "read")
        done = sign_in(auth, provider, tmp_path, *words).success()
        assert f"{provider.url}/authorize" in done.stderr
        assert stored(auth)["127.0.0.1"]["OAuth"]["client_id"] == "me"
        asked = next(one for one in provider.web.asked if one.path == "/authorize")
        assert dict(asked.query)["scope"] == "read"


@pytest.mark.parametrize("flow", ["device-code", "auth-code"])
def test_an_audience_is_asked_for_and_kept_for_renewals(
    auth: CommandLine, tmp_path: Path, flow: str
) -> None:
    with Provider(lasts=200) as provider:
        words = ("--oauth-flow", flow, "--oauth-audience", "https://api")
        sign_in(auth, provider, tmp_path, *words).success()
        asked = next(one for one in provider.web.asked if one.path in {"/device", "/authorize"})
        wish = dict(asked.query) or dict(parse_qsl(asked.body.decode()))
        assert wish["audience"] == "https://api"
        auth("auth", "token", "127.0.0.1", cwd=tmp_path).success()
        assert provider.seen[-1]["audience"] == "https://api"
        assert stored(auth)["127.0.0.1"]["OAuth"]["audience"] == "https://api"


def test_a_secret_of_the_program_is_sent_as_its_password(auth: CommandLine, tmp_path: Path) -> None:
    with Provider() as provider:
        words = ("--oauth-flow", "auth-code", "--oauth-client-id", "me")
        sign_in(auth, provider, tmp_path, *words, "--oauth-client-secret", "w:s").success()
        assert provider.seen[-1]["authorization"] == "Basic bWU6dyUzQXM="
        assert "client_id" not in provider.seen[-1]
        assert "w:s" not in str(stored(auth))


def test_without_a_screen_auto_takes_a_code(auth: CommandLine, tmp_path: Path) -> None:
    lonely = CommandLine(auth.home, variables={"HOME": auth.variables["HOME"]})
    with Provider() as provider:
        assert (
            "ABCD" in sign_in(lonely, provider, tmp_path, "--oauth-flow", "auto").success().stderr
        )


def test_an_older_document_of_addresses_is_read(auth: CommandLine, tmp_path: Path) -> None:
    with Provider(well_known="/.well-known/oauth-authorization-server") as provider:
        sign_in(auth, provider, tmp_path).success()


@pytest.mark.parametrize(
    ("provider", "words", "said"),
    [
        (Provider(refuses="access_denied"), (), "access_denied"),
        (Provider(refuses="access_denied"), ("--oauth-flow", "auth-code"), "access_denied"),
        (Provider(document={"issuer": "https://evil.org"}), (), "another name"),
        (Provider(document={"token_endpoint": "http://evil.org/t"}), (), "`https`"),
        (Provider(document={"token_endpoint": "http://127.evil.org/t"}), (), "`https`"),
        (Provider(document={"token_endpoint": 7}), (), "no address"),
        (Provider(document={"device_authorization_endpoint": None}), (), "auth-code"),
        (
            Provider(document={"authorization_endpoint": None}),
            ("--oauth-flow", "auth-code"),
            "device-code",
        ),
        (Provider(well_known="/nowhere"), (), "--oauth-issuer-url"),
        (
            Provider(),
            ("--oauth-flow", "auth-code", "--oauth-redirect-uri", "https://evil.org/x"),
            "port of this machine",
        ),
    ],
)
def test_what_goes_wrong_is_said_and_nothing_stored(
    auth: CommandLine, tmp_path: Path, provider: Provider, words: tuple[str, ...], said: str
) -> None:
    with provider:
        done = sign_in(auth, provider, tmp_path, *words)
    assert (done.code, said in done.stderr) == (1, True)
    assert not (Path(auth.variables["HOME"]) / STORE).exists()


def channel(tokens: list[str | None]) -> Web:
    """A channel without packages, which remembers the tokens it was shown."""

    def answer(asked: Asked) -> Answer:
        tokens.append(asked.authorization)
        if not (asked.authorization or "").startswith("Bearer access-"):
            return Answer(401)
        if not asked.path.endswith("/repodata.json"):
            return Answer(404)
        subdir = asked.path.split("/")[-2]
        data = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": {}}
        return Answer(body=json.dumps(data).encode())

    return Web(answer)


def test_a_token_that_ends_is_renewed_before_it_is_sent(auth: CommandLine, tmp_path: Path) -> None:
    tokens: list[str | None] = []
    with Provider(lasts=200) as provider, channel(tokens) as web:
        sign_in(auth, provider, tmp_path).success()
        provider.lasts = 3600
        auth("search", "-c", f"{web.url}/main", "six", cwd=tmp_path)
        assert {"Bearer access-2", *tokens} == {"Bearer access-2"}
        assert stored(auth)["127.0.0.1"]["OAuth"]["refresh_token"] == "renewal-2"
        assert auth("auth", "token", "127.0.0.1", cwd=tmp_path).success().stdout == "access-2\n"


def test_the_token_that_is_printed_is_a_fresh_one(auth: CommandLine, tmp_path: Path) -> None:
    with Provider(lasts=200) as provider:
        sign_in(auth, provider, tmp_path).success()
        assert auth("auth", "token", "127.0.0.1", cwd=tmp_path).success().stdout == "access-2\n"
        assert stored(auth)["127.0.0.1"]["OAuth"]["refresh_token"] == "renewal-2"


def test_a_token_that_has_ended_for_good_is_told(auth: CommandLine, tmp_path: Path) -> None:
    with Provider(lasts=1) as provider:
        sign_in(auth, provider, tmp_path).success()
        provider.renewals.clear()
        time.sleep(1.1)
        done = auth("auth", "token", "127.0.0.1", cwd=tmp_path)
        assert (done.code, "sign in again" in done.stderr) == (1, True)
        provider.lasts = 3600
        (again,) = advised(done.stderr)
        words = words_of(again, {"HOST": "127.0.0.1"})
        auth(*words, "--oauth-issuer-url", provider.url, cwd=tmp_path).success()
        auth("auth", "token", "127.0.0.1", cwd=tmp_path).success()
    assert "access-1" not in done.stderr + done.stdout


def test_a_token_is_given_back_at_the_end(auth: CommandLine, tmp_path: Path) -> None:
    with Provider() as provider:
        sign_in(auth, provider, tmp_path).success()
        auth("auth", "logout", "127.0.0.1", cwd=tmp_path).success()
        assert provider.revoked == ["renewal-1", "access-1"]
    assert stored(auth) == {}


def test_the_end_is_reached_without_the_provider(auth: CommandLine, tmp_path: Path) -> None:
    with Provider() as provider:
        sign_in(auth, provider, tmp_path).success()
    auth("auth", "logout", "127.0.0.1", cwd=tmp_path).success()
    assert stored(auth) == {}
