"""Credentials and mirrors reach uv, the words of its calls hold no secret, and locks no mirror."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import stat
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tiny import settings
from tests.web import Answer, Asked, Web
from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.stores import Credentials
from wisp.engine.mirrors import TextMirrors
from wisp.engine.uv import Uv, UvError, find_uv
from wisp.engine.uv_compile import CompileAnswer, CompileQuestion, compile_requirements
from wisp.engine.uv_install import WheelInstallation, install_wheels
from wisp.engine.uv_network import prepared
from wisp.engine.wheels import installed_wheels
from wisp.platforms import bare
from wisp.solve.pypi_question import PypiRequest, question_for
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, Credential, CredentialError
from wisp.specs.pypi import PypiRequirement, PypiSpec
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import replace

WHEEL = "greeter-1.0-py3-none-any.whl"
METADATA = b"Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n"


def wheel() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("greeter.py", "")
        archive.writestr("greeter-1.0.dist-info/METADATA", METADATA)
        archive.writestr("greeter-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("greeter-1.0.dist-info/RECORD", "")
    return stream.getvalue()


def index(header: str | None, prefix: str = "") -> Web:
    """An index with one package that asks for credentials."""
    content = wheel()

    def answer(asked: Asked) -> Answer:
        path = asked.path.removeprefix(prefix)
        if asked.authorization != header or (prefix and path == asked.path):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        if path == "/simple/greeter/":
            file = {"filename": WHEEL, "url": f"files/{WHEEL}", "hashes": hashes(content)}
            data = {"meta": {"api-version": "1.0"}, "name": "greeter", "files": [file]}
            kind = "application/vnd.pypi.simple.v1+json"
            return Answer(headers={"Content-Type": kind}, body=json.dumps(data).encode())
        if path.endswith(WHEEL):
            return Answer(body=content)
        return Answer(404)

    return Web(answer)


def hashes(content: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(content).hexdigest()}


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def uv_with(tmp_path: Path, mirrors: Mapping[str, tuple[str, ...]], **stored: Credential) -> Uv:
    auth = tmp_path / "auth.json"
    for host, credential in stored.items():
        FileStore(auth).store(host, credential)
    made = settings(tmp_path / "cache", auth_file=auth, mirrors=mirrors)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    return find_uv(environ, made, credentials=Credentials.of(made.network, environ))


def resolved(uv: Uv, url: str) -> CompileAnswer:
    question = CompileQuestion(requirements="greeter\n", options=("--default-index", url))
    return compile_requirements(uv, question, Path(sys.executable), annotate=True)


@pytest.mark.parametrize(
    ("credential", "header"),
    [(BasicHTTP("u", "p w"), basic("u", "p w")), (BearerToken("tok"), "Bearer tok")],
)
def test_stored_credentials_open_an_index(
    tmp_path: Path, credential: Credential, header: str
) -> None:
    with index(header) as web:
        uv = uv_with(tmp_path, {}, **{"127.0.0.1": credential})
        (package,) = resolved(uv, f"{web.url}/simple").packages
    assert package.version == "1.0"


def test_credentials_of_the_address_open_it_and_win(tmp_path: Path) -> None:
    with index(basic("me", "p@/w")) as web:
        uv = uv_with(tmp_path, {}, **{"127.0.0.1": BearerToken("other")})
        url = web.url.replace("://", "://me:p%40%2Fw@") + "/simple"
        answer = resolved(uv, url)
        assert answer.packages[0].version == "1.0"
        assert answer.packages[0].wheels[0].location == f"{web.url}/simple/greeter/files/{WHEEL}"


def test_without_credentials_it_stays_closed(tmp_path: Path) -> None:
    with index("Bearer tok") as web, pytest.raises(UvError):
        resolved(
            uv_with(tmp_path, {}, **{"other.invalid": BearerToken("tok")}), f"{web.url}/simple"
        )
    assert {asked.authorization for asked in web.asked} == {None}


def test_a_mirror_is_asked_with_its_own_credentials_and_the_lock_does_not_name_it(
    tmp_path: Path,
) -> None:
    original = "https://index.invalid/simple"
    stored = {"127.0.0.1": BasicHTTP("u", "p"), "index.invalid": BasicHTTP("original", "SECRET")}
    with index(basic("u", "p")) as web:
        uv = uv_with(tmp_path, {original: (f"{web.url}/simple",)}, **stored)
        answer = resolved(uv, original)
    (package,) = answer.packages
    assert package.wheels[0].location == f"{original}/greeter/files/{WHEEL}"
    assert answer.indexes["greeter"] == original
    seen = {asked.authorization for asked in web.asked}
    assert seen <= {None, basic("u", "p")}


def test_a_strangers_mirror_gets_nothing(tmp_path: Path) -> None:
    original = "https://index.invalid/simple"
    with index(None) as web:
        mirrors = {original: (f"{web.url}/simple",)}
        uv = uv_with(tmp_path, mirrors, **{"index.invalid": BasicHTTP("original", "SECRET")})
        url = original.replace("://", "://me:SECRET@")
        assert resolved(uv, url).packages[0].version == "1.0"
    assert {asked.authorization for asked in web.asked} == {None}


def test_no_word_of_a_call_holds_a_secret(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "c.json")
    store.store("s.org", BasicHTTP("u", "SECRET"))
    store.store("c.org", CondaToken("SECRET"))
    words = ["pip", "compile", "--default-index", "https://u:SECRET@a.org/simple"]
    words += ["--index", "https://b.org/t/SECRET/simple", "--index", "https://c.org/x"]
    words += ["--find-links", "/some folder", "--python", "x"]
    with prepared(words, Credentials([store]), TextMirrors({})) as call:
        folder = Path(call.variables["UV_CREDENTIALS_DIR"])
        *plain, option, configuration = call.arguments
        assert plain == ["pip", "compile", "--python", "x"]
        assert (option, configuration) == ("--config-file", str(folder / "uv.toml"))
        assert tomllib.loads((folder / "uv.toml").read_text()) == {
            "find-links": ["/some folder"],
            "index": [
                {"url": "https://a.org/simple", "default": True},
                {"url": "https://b.org/t/SECRET/simple", "default": False},
                {"url": "https://c.org/x", "default": False},
            ],
        }
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
        stored = tomllib.loads((folder / "credentials.toml").read_text())["credential"]
        services = [row["service"] for row in stored]
        assert services == ["https://a.org/simple", "https://a.org/", "https://s.org/"]
        assert "SECRET" not in f"{call.arguments} {call.variables}"
    assert not folder.exists()


@pytest.mark.parametrize("address", ["http://me:SECRET@{}", "me:SECRET@{}"])
def test_a_proxy_with_a_password_is_asked_and_no_build_reads_it(
    tmp_path: Path, address: str
) -> None:
    with Web(lambda _: Answer(404), "localhost") as web:
        configured = replace(
            settings(tmp_path).network, http_proxy=address.format(web.url.partition("://")[2])
        )
        uv = find_uv({}, replace(settings(tmp_path), network=configured))
        assert "SECRET" not in f"{uv} {uv.environment}"
        with pytest.raises(UvError):
            resolved(uv, "http://index.invalid/simple")
    given = "Basic " + base64.b64encode(b"me:SECRET").decode()
    assert {one.headers.get("proxy-authorization") for one in web.asked} == {given}
    there = find_uv({"http_proxy": "http://p"}, replace(settings(tmp_path), network=configured))
    assert (there.proxies, there.environment["http_proxy"]) == ({}, "http://p")


def test_the_login_of_an_index_in_variables_is_used_and_no_build_reads_it(tmp_path: Path) -> None:
    environ = {"UV_INDEX_LOCALHOST_USERNAME": "me", "UV_INDEX_LOCALHOST_PASSWORD": "SECRET"}
    known = Credentials([], environ=environ)
    with Web(lambda _: Answer(404), "localhost") as web:
        uv = find_uv(environ, settings(tmp_path), credentials=known)
        assert not any("SECRET" in value for value in uv.environment.values())
        with pytest.raises(UvError):
            resolved(uv, f"{web.url}/simple")
        with uv.command(["pip"], []) as call:
            assert not any("SECRET" in value for value in call.variables.values())
    given = "Basic " + base64.b64encode(b"me:SECRET").decode()
    assert given in {one.authorization for one in web.asked}


def with_variables(uv: Uv, web: Web) -> Uv:
    """A uv that finds the login of an index in variables called after its host and port."""
    host = web.address.replace(".", "_").replace(":", "_")
    login = {f"UV_INDEX_{host}_USERNAME": "me", f"UV_INDEX_{host}_PASSWORD": "SECRET"}
    return replace(uv, credentials=Credentials([], environ=login))


def test_the_index_of_one_requirement_gets_its_login(tmp_path: Path) -> None:
    with index(basic("me", "SECRET")) as web:
        python = CondaRecord(
            location="https://h/c/linux-64/python-3.12.0-0.conda",
            name="python",
            version="3.12.0",
            build="0",
            build_number=0,
            subdir="linux-64",
        )
        wanted = PypiRequirement("greeter", PypiSpec(index=f"{web.url}/simple"))
        request = PypiRequest(
            requirements=(wanted,), platform=bare("linux-64"), root=tmp_path, conda=(python,)
        )
        uv = with_variables(uv_with(tmp_path, {}), web)
        answer = compile_requirements(
            uv, question_for(request, {}), Path(sys.executable), annotate=True
        )
    assert answer.packages[0].version == "1.0"
    assert answer.indexes == {"greeter": f"{web.url}/simple"}


def test_the_index_of_one_package_gets_its_login_to_install(tmp_path: Path, prefix: Path) -> None:
    with index(basic("me", "SECRET")) as web:
        place = f"{web.url}/simple"
        record = PypiRecord(
            location=f"{place}/greeter/files/{WHEEL}", name="greeter", version="1.0", index=place
        )
        wanted = WheelInstallation(
            records=(record,), prefix=prefix, python=prefix / "bin/python", root=tmp_path
        )
        install_wheels(with_variables(uv_with(tmp_path, {}), web), wanted)
    assert [wheel.name for wheel in installed_wheels(prefix)] == ["greeter"]


def test_an_address_with_what_is_no_text_is_told_in_words() -> None:
    words = ["--index", "https://h.org/t/SECRET\udcff/simple"]
    with (
        pytest.raises(CredentialError, match="is no text") as failure,
        prepared(words, None, TextMirrors({})),
    ):
        pass
    assert "SECRET" not in f"{failure.value} {failure.value.causes} {failure.value.hints}"


@pytest.mark.parametrize("password", ["\N{PILE OF POO}", 'a"\\'])
def test_every_password_is_written_as_uv_reads_it(tmp_path: Path, password: str) -> None:
    with Web(lambda _: Answer(404)) as web:
        host = web.url.partition("://")[2]
        with pytest.raises(UvError):
            resolved(
                uv_with(tmp_path, {}, **{host: BasicHTTP("me", password)}), f"{web.url}/simple"
            )
    given = "Basic " + base64.b64encode(f"me:{password}".encode()).decode()
    assert given in {one.authorization for one in web.asked}


def test_an_index_whose_address_is_a_secret_is_asked(tmp_path: Path) -> None:
    with index(None, "/t/SECRET") as web:
        answer = resolved(uv_with(tmp_path, {}), f"{web.url}/t/SECRET/simple")
    assert answer.packages[0].version == "1.0"


def test_addresses_without_secrets_are_words(tmp_path: Path) -> None:
    words = ["--default-index", "https://a.org/simple", "--find-links", "/some folder"]
    with prepared(words, None, TextMirrors({})) as call:
        assert (list(call.arguments), call.variables) == (words, {})


def test_a_user_whose_password_the_keyring_knows_stays_in_the_address() -> None:
    words = ["--index", "https://me@a.org/simple"]
    with prepared(words, None, TextMirrors({}), keep_users=True) as call:
        _, configuration = call.arguments
        assert 'url = "https://me@a.org/simple"' in Path(configuration).read_text()


def test_what_the_user_told_uv_is_kept(tmp_path: Path) -> None:
    theirs = '[[credential]]\nservice = "http://127.0.0.1/"\nscheme = "bearer"\ntoken = "tok"\n'
    file = tmp_path / ".local/share/uv/credentials/credentials.toml"
    file.parent.mkdir(parents=True)
    file.write_text(theirs)
    uv = uv_with(tmp_path, {}, **{"other.invalid": BearerToken("x")})
    assert uv.users_store == theirs
    file.write_text("what is this")
    assert uv_with(tmp_path, {}).users_store == ""


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ('url = "https://h/simple/x"', 'url = "http://m/s/x"'),
        ("url = 'https://h/simple'", "url = 'http://m/s'"),
        ('url = "https://h/simple-not"', 'url = "https://h/simple-not"'),
        ('url = "https://h/files/x"', 'url = "http://m/f/x"'),
        ("# https://h/simple/x", "# https://h/simple/x"),
    ],
)
def test_addresses_in_quotes_are_exchanged(text: str, there: str) -> None:
    mirrors = TextMirrors(
        {"https://h/simple/": ("http://m/s", "http://n"), "https://h/files": ("http://m/f/",)}
        | {"https://o/": ("oci://ghcr.io/x",)}
    )
    assert mirrors.there(text) == there
    assert mirrors.back(there) == text
    assert mirrors.url("https://o/x") == "https://o/x"
