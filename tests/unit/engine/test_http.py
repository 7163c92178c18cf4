from __future__ import annotations

import base64
import io
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web import Answer, Web
from tools.forge.serve import Server
from wisp.engine import connections, http, waiting
from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Bounds, Response, Upload
from wisp.engine.mirrors import mirrored
from wisp.engine.ranged import RangedFile
from wisp.errors import FetchError
from wisp.specs.settings import Network


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_BACKOFF_SECONDS", 0.0)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "names.json").write_text('{"a": 1}')
    (tmp_path / "big").write_bytes(bytes(range(256)) * 1024)
    return tmp_path


def test_a_file_is_fetched_over_one_connection(site: Path) -> None:
    client = HttpClient(Network(), {})
    with Server(site) as server:
        assert client.get(f"{server.url}/names.json").body == b'{"a": 1}'
        assert client.get(f"{server.url}/missing").status == 404


def test_the_longest_mirrored_prefix_decides() -> None:
    mirrors = {
        "https://h/": ("http://m/all/",),
        "https://h/deep/": ("http://m/deep/", "http://n/deep"),
    }
    assert mirrored("https://h/x", mirrors) == ("http://m/all/x",)
    assert mirrored("https://h/deep/x", mirrors) == ("http://m/deep/x", "http://n/deep/x")
    assert mirrored("https://other/x", mirrors) == ("https://other/x",)


def test_a_failing_mirror_gives_way_to_the_next(site: Path) -> None:
    with Server(site) as broken, Server(site) as sound:
        broken.troubles["names.json"] = 503
        network = Network(mirrors={"https://h/": (f"{broken.url}/", f"{sound.url}/")})
        assert HttpClient(network, {}).get("https://h/names.json").status == 200
        assert len(broken.requests) == 3


def test_a_server_that_never_answers_well_is_an_error(site: Path) -> None:
    with Server(site) as server:
        server.troubles["names.json"] = 500
        with pytest.raises(FetchError, match=r"could not fetch") as failure:
            HttpClient(Network(), {}).get(f"{server.url}/names.json")
    assert "status 500" in str(failure.value.causes[0])


def test_a_closed_port_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(FetchError):
        HttpClient(Network(), {}).get("http://127.0.0.1:9/x")


def test_offline_asks_nobody(site: Path) -> None:
    with Server(site) as server:
        with pytest.raises(FetchError) as failure:
            HttpClient(Network(offline=True), {}).get(f"{server.url}/names.json")
        assert failure.value.hints
        assert server.requests == []


def test_proxies_of_the_environment_win_and_spare_exempt_hosts(site: Path) -> None:
    with Server(site) as proxy:
        configured = Network(http_proxy="http://127.0.0.1:9")
        client = HttpClient(configured, {"http_proxy": proxy.url, "no_proxy": "direct.invalid"})
        client.get("http://somewhere.invalid/names.json")
        assert proxy.requests
        proxy.requests.clear()
        with pytest.raises(FetchError):
            client.get("http://direct.invalid/names.json")
        assert proxy.requests == []


def test_parts_of_a_file_are_read_once_each(site: Path) -> None:
    with Server(site) as server:
        file = RangedFile.open(HttpClient(Network(), {}), f"{server.url}/big")
        assert file is not None
        file.seek(-4, 2)
        assert file.read() == b"\xfc\xfd\xfe\xff"
        file.seek(65_530)
        assert file.read(12) == bytes([250, 251, 252, 253, 254, 255, 0, 1, 2, 3, 4, 5])
        asked = len(server.requests)
        file.seek(0)
        assert file.read(2) == b"\x00\x01"
        assert len(server.requests) == asked


@pytest.mark.parametrize("size", ["*", "²", "9" * 5000, ""])
def test_a_file_of_odd_size_is_not_read_in_parts(size: str) -> None:
    answer = Answer(206, {"Content-Range": f"bytes 0-0/{size}".encode().decode("latin-1")})
    with Web(lambda _: answer) as web:
        assert RangedFile.open(HttpClient(Network(), {}), web.url) is None


@pytest.mark.parametrize(
    "text", ["²", "9" * 5000, "-1", "Mon, 01 Jan 2020 00:00:00 +99999999999999", "x"]
)
def test_an_odd_wish_to_be_left_alone_is_none(text: str) -> None:
    assert http.asked_pause(Response(429, {"retry-after": text})) == 0.0


def answers(**answers: Answer) -> Web:
    """Serve each answer below its name; nothing else is there."""
    return Web(lambda asked: answers.get(asked.path.strip("/"), Answer(404)))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(Network(), {})


def test_credentials_of_a_url_are_sent_and_decoded(client: HttpClient) -> None:
    with answers(x=Answer()) as web:
        client.get(web.url.replace("://", "://us%40er:p%2Fw@") + "/x")
    assert web.asked[0].authorization == basic("us@er", "p/w")
    assert "@" not in web.asked[0].headers["host"]


def test_nothing_that_authorises_follows_a_redirect_elsewhere(client: HttpClient) -> None:
    with answers(there=Answer()) as other, answers(
        away=Answer(302, {"Location": f"{other.url}/there"}),
        near=Answer(302, {"Location": "here"}),
        here=Answer(),
    ) as web:  # fmt: skip
        headers = {"Authorization": "Bearer s", "Cookie": "c=1", "X-Mine": "yes"}
        assert client.get(f"{web.url}/away", headers).status == 200
        assert client.get(f"{web.url}/near", headers).status == 200
    seen = other.asked[0].headers
    assert seen["x-mine"] == "yes"
    assert not {"authorization", "cookie"} & set(seen)
    assert [asked.authorization for asked in web.asked] == ["Bearer s"] * 3


def test_credentials_of_a_url_do_not_follow_a_redirect_either(client: HttpClient) -> None:
    with (
        answers(x=Answer()) as other,
        answers(x=Answer(307, {"Location": f"{other.url}/x"})) as web,
    ):
        client.get(web.url.replace("://", "://u:p@") + "/x")
    assert (web.asked[0].authorization, other.asked[0].authorization) == (basic("u", "p"), None)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://h/x", "//", "https://[x", "x:y"])
def test_a_redirect_leads_to_the_web_only(client: HttpClient, target: str) -> None:
    with answers(x=Answer(302, {"Location": target})) as web, pytest.raises(FetchError):
        client.get(f"{web.url}/x")


def test_redirects_come_to_an_end(client: HttpClient) -> None:
    with answers(x=Answer(302, {"Location": "/x"})) as web, pytest.raises(FetchError, match="x"):
        client.request("GET", f"{web.url}/x", attempts=1)
    assert len(web.asked) == 8


@pytest.mark.parametrize(
    ("status", "method", "body"), [(303, "GET", b""), (302, "GET", b""), (307, "POST", b"data")]
)
def test_a_redirect_changes_the_method_as_the_standard_says(
    client: HttpClient, status: int, method: str, body: bytes
) -> None:
    with answers(a=Answer(status, {"Location": "/b"}), b=Answer()) as web:
        client.request("POST", f"{web.url}/a", body=b"data")
    assert (web.asked[1].method, web.asked[1].body) == (method, body)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_what_is_put_is_not_there_because_a_page_can_be_read(
    client: HttpClient, status: int
) -> None:
    with answers(a=Answer(status, {"Location": "/portal"}), portal=Answer()) as web:
        put = client.request("PUT", f"{web.url}/a", body=b"data")
    assert (put.status, [asked.method for asked in web.asked]) == (status, ["PUT"])


def test_a_mirror_gets_no_credentials_of_the_original(tmp_path: Path) -> None:
    with answers(x=Answer()) as mirror:
        network = Network(mirrors={"https://h.invalid/": (f"{mirror.url}/",)})
        HttpClient(network, {}).get("https://user:SECRET@h.invalid/x")
    assert mirror.asked[0].authorization is None


def test_the_original_keeps_its_credentials_as_a_mirror_of_itself() -> None:
    mirrors = {"https://h/": ("https://m/", "https://h/")}
    assert mirrored("https://u:p@h/x", mirrors) == ("https://m/x", "https://u:p@h/x")


@pytest.mark.parametrize("length", [-1, None])
def test_a_body_is_streamed_and_begun_anew_when_it_was_cut(
    client: HttpClient, length: int | None
) -> None:
    content = bytes(range(256)) * 4000
    cuts = iter([Answer(body=content, cut=70_000, length=length)])
    places: list[io.BytesIO] = []

    def place(head: Response) -> Callable[[bytes], object]:
        assert head.status == 200
        places.append(io.BytesIO())
        return places[-1].write

    # A chunked body that ends too early is announced as such; a length is compared.
    with Web(lambda asked: next(cuts, Answer(body=content, length=length))) as web:
        response = client.request("GET", web.url, into=place)
    assert response.body == b""
    assert [len(found.getvalue()) for found in places][1:] == [len(content)]


def test_uploads_are_sent_again_from_their_start(client: HttpClient) -> None:
    answers = iter([Answer(503), Answer(201)])
    content = b"x" * 600_000
    with Web(lambda asked: next(answers)) as web:
        body = Upload(lambda: io.BytesIO(content), len(content))
        assert client.request("PUT", web.url, body=body).status == 201
    assert [asked.body for asked in web.asked] == [content, content]


def test_a_file_that_shrinks_while_it_is_sent_is_an_error(client: HttpClient) -> None:
    body = Upload(lambda: io.BytesIO(b"short"), 10)
    with answers() as web, pytest.raises(FetchError) as failure:
        client.request("PUT", web.url, body=body)
    assert "shorter" in str(failure.value.causes[0])


def test_what_has_an_effect_is_sent_once(client: HttpClient) -> None:
    with answers(x=Answer(503)) as web:
        assert client.request("POST", f"{web.url}/x", body=b"").status == 503
    assert len(web.asked) == 1


def test_the_server_says_how_long_to_wait(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    answers = iter([Answer(429, {"Retry-After": "7"}), Answer(503, {"Retry-After": "x"}), Answer()])
    with Web(lambda asked: next(answers)) as web:
        assert client.get(web.url).status == 200
    assert waits == [7.0, 0.0]


def test_a_server_that_wants_more_time_than_there_is_gets_no_more_questions(
    client: HttpClient,
) -> None:
    with answers(x=Answer(429, {"Retry-After": "3600"})) as web, pytest.raises(FetchError):
        client.get(f"{web.url}/x")
    assert len(web.asked) == 1


def test_a_host_that_is_silent_is_told_while_it_is_waited_for(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(waiting._Listener, "tell", staticmethod(told.append))
    monkeypatch.setattr(connections, "SILENCE_SECONDS", 0.2)
    end = threading.Event()

    def silent(_: object) -> Answer:
        end.wait()
        return Answer(404)

    with Web(silent) as web:
        with pytest.raises(FetchError, match="could not fetch"):
            client.request("GET", web.url, attempts=2)
        end.set()
    assert told == [f"`{web.host}` sent nothing for 0 seconds; still waiting"]


@pytest.mark.parametrize("length", [-1, None])
def test_no_answer_is_longer_than_its_bound(client: HttpClient, length: int | None) -> None:
    with answers(x=Answer(body=b"x" * 2000, length=length)) as web:
        bounds = Bounds(size=1000)
        with pytest.raises(FetchError) as failure:
            client.get(f"{web.url}/x", bounds=bounds)
        assert "1000" in str(failure.value.causes[0])
        assert client.get(f"{web.url}/x", bounds=Bounds(size=2000)).status == 200
    assert len(web.asked) == 2


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_server_that_drips_ends_at_the_deadline(client: HttpClient, head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopped = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            connection.sendall(head)
            while not stopped.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    break
            connection.close()

        dripping = threading.Thread(target=drip)
        dripping.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(FetchError, match="could not fetch") as failure:
            client.request("GET", url, bounds=Bounds(seconds=0.3), attempts=1)
        stopped.set()
        dripping.join()
    assert "too long" in str(failure.value.causes[0])


def test_no_message_shows_a_secret(client: HttpClient) -> None:
    for url in (
        "http://user:SECRET@127.0.0.1:9/x",
        "http://127.0.0.1:9/t/SECRET/x",
        "http://127.0.0.1:9/x?X-Amz-Signature=SECRET",
        "ftp://user:SECRET@h/x",
        "http://user:a/SECRET@h/x",
    ):
        with pytest.raises(FetchError) as failure:
            client.request("GET", url, attempts=1)
        assert "SECRET" not in str(failure.value) + "".join(map(str, failure.value.causes))


def test_a_proxy_is_told_who_we_are_and_the_host_is_not() -> None:
    with answers(x=Answer()) as proxy:
        environ = {"http_proxy": proxy.url.replace("://", "://me:pw@")}
        HttpClient(Network(), environ).get("http://u:p@somewhere.invalid/x?y")
    asked = proxy.asked[0]
    assert asked.target == "http://somewhere.invalid/x?y"
    assert asked.headers["proxy-authorization"] == basic("me", "pw")
    assert asked.authorization == basic("u", "p")


def test_a_proxy_of_an_unknown_kind_is_not_spoken_to() -> None:
    client = HttpClient(Network(), {"http_proxy": "socks5://127.0.0.1:9"})
    with pytest.raises(FetchError) as failure:
        client.request("GET", "http://h.invalid/", attempts=1)
    assert "socks5" in str(failure.value.causes[0])


def test_stored_credentials_sign_what_nothing_else_has_signed() -> None:
    class Store:
        def sign(self, url: str) -> tuple[str, str | None]:
            return url.replace("/x", "/t/tok/x"), "Bearer stored"

    client = HttpClient(Network(), {}, Store())
    with Web(lambda asked: Answer()) as web:
        client.get(f"{web.url}/x")
        client.get(web.url.replace("://", "://u:p@") + "/x")
        client.get(f"{web.url}/x", {"authorization": "Bearer mine"})
    assert [(asked.path, asked.authorization) for asked in web.asked] == [
        ("/t/tok/x", "Bearer stored"),
        ("/x", basic("u", "p")),
        ("/x", "Bearer mine"),
    ]
