from __future__ import annotations

import time

import pytest

from wisp.specs.url_secrets import handed_on, shown, without_secrets


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://user:SECRET@host/x", "https://***@host/x"),
        ("https://SECRET@host/x", "https://***@host/x"),
        ("https://user:a@SECRET@host/x", "https://***@host/x"),
        ("https://user:a/SECRET@host/x", "https://***@host/x"),
        ("https://user:1/SECRET@host.org/x", "https://***@host.org/x"),
        ("https://user:a?SECRET@host/x?y=1", "https://***@host/x?y=1"),
        ("git+https://user:SECRET@host/x.git@v1", "git+https://***@host/x.git@v1"),
        ("ssh://git@host/x.git", "ssh://git@host/x.git"),
        ("ssh://git:SECRET@host/x.git", "ssh://***@host/x.git"),
        ("socks5://user:SECRET@host:1080", "socks5://***@host:1080"),
        ("https://h/t/SECRET/channel", "https://h/t/***/channel"),
        ("https://h/t/SECRET/t/SECRET/x", "https://h/t/***/t/***/x"),
        ("https://h/t/", "https://h/t/"),
        ("https://h/x?token=SECRET&a=b", "https://h/x?token=***&a=b"),
        ("https://h/x?a=b&X-Amz-Signature=SECRET", "https://h/x?a=b&X-Amz-Signature=***"),
        ("https://h/x?X-Amz-Security-Token=SECRET", "https://h/x?X-Amz-Security-Token=***"),
        ("https://h/x?sig=SECRET#f", "https://h/x?sig=***#f"),
        ("https://h/x#access_token=SECRET", "https://h/x#access_token=***"),
        ("HTTPS://SECRET@h/x", "HTTPS://***@h/x"),
        ("git+HTTPS://SECRET@h/x", "git+HTTPS://***@h/x"),
        ("https://h/t//SECRET/x", "https://h/t//***/x"),
        ("https://h/%74/SECRET/x", "https://h/%74/***/x"),
        ("https://h/x;token=SECRET/y", "https://h/x;token=***/y"),
        ("https://h/x?jwt=SECRET", "https://h/x?jwt=***"),
        ("https://h/https://u:SECRET@i/x?y", "https://h/https://***@i/x?y"),
        ("https://h/?to=https%3A%2F%2Fu%3ASECRET%40i", "https://h/?to=***"),
        ("https:/u:SECRET@h/x", "https://***@h/x"),
        ("https:\\\\u:SECRET@h/x", "https://***@h/x"),
        ("https:u:SECRET@h/x", "https://***@h/x"),
        ("https:///u:SECRET@h/x", "https://***@h/x"),
        (
            "http://127.0.0.1:9/back?code=SECRET&state=SECRET",
            "http://127.0.0.1:9/back?code=***&state=***",
        ),
        ("https://h/x?rlkey=SECRET&dl=1", "https://h/x?rlkey=***&dl=1"),
        ("https://h/x?to=u:SECRET@i", "https://h/x?to=***"),
        ("https://h/T/SECRET/x", "https://h/T/***/x"),
        ("https://h/%54/SECRET/x", "https://h/%54/***/x"),
        ("https://h/t/tk-SECRET/tk", "https://h/t/***/tk"),
        ("https://h/main/t/tzdata/tzdata_1.deb", "https://h/main/t/tzdata/tzdata_1.deb"),
        ("ssh://me@host/x", "ssh://me@host/x"),
        ("git+SSH://me@host/x", "git+SSH://me@host/x"),
        ("ssh://me:SECRET@host/x", "ssh://***@host/x"),
        ("ssh://me%3ASECRET@host/x", "ssh://***@host/x"),
        ("svn://SECRET@host/x", "svn://***@host/x"),
        ("s3://SECRET@bucket/x", "s3://***@bucket/x"),
        ("//u:SECRET@h/t/SECRET", "//***@h/t/***"),
        ("u:SECRET@h", "***@h"),
        ("u:a@SECRET@h:80/x?token=SECRET", "***@h:80/x?token=***"),
        ("me@h.org:SECRET@proxy:3128", "***@proxy:3128"),
        ("https://u:a SECRET@h/x", "https://***@h/x"),
        ("u:1234 SECRET@h:80", "***@h:80"),
        ("u:ab\tSECRET@h.org", "***@h.org"),
        ("u:ab/SECRET@h:80", "***@h:80"),
        ("u:ab/SECRET@h.org/x", "***@h.org/x"),
        ("github:org/repo@v1.0", "github:org/repo@v1.0"),
        ("h.org:8080/pkg@1.0", "h.org:8080/pkg@1.0"),
        ("host:5000/name/x@main", "host:5000/name/x@main"),
        ("C:/folder/x@y", "C:/folder/x@y"),
        ("npm:@scope/x@1.0", "npm:@scope/x@1.0"),
        ("git@h.org:some/r.git", "git@h.org:some/r.git"),
        ("https://h/x;y=1/z?to=a%20b", "https://h/x;y=1/z?to=a%20b"),
        ("https://h.org:8080/pkg@1.0", "https://h.org:8080/pkg@1.0"),
        ("https://h/x.whl#sha256=abc", "https://h/x.whl#sha256=abc"),
        ("https://[::1]:80/a@b", "https://[::1]:80/a@b"),
        ("file:///a@b:c", "file:///a@b:c"),
        ("no url", "no url"),
    ],
)
def test_secrets_of_a_url_are_not_shown(url: str, said: str) -> None:
    assert shown(url) == said


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://me:secret@host/x", "https://host/x"),
        ("https://token@host:1/x?a=1#b", "https://host:1/x?a=1#b"),
        ("https://host/t/secret/main/linux-64", "https://host/main/linux-64"),
        ("https://u:p@host/t/secret/t/secret", "https://host"),
        ("https://host/x?token=secret", "https://host/x"),
        ("https://host/x?token=secret&a=1#md5=0", "https://host/x?a=1#md5=0"),
        ("https://host/x?a=1&X-Amz-Signature=secret&b=2", "https://host/x?a=1&b=2"),
        ("https://host/%74/secret/main", "https://host/main"),
        ("https://host/x;token=secret/y", "https://host/x/y"),
        ("https://u:secret@host/https://u:secret@i/x?a", "https://host/https://i/x?a"),
        ("git+https://a:b@host/r.git@main", "git+https://host/r.git@main"),
        ("s3://key:secret@bucket/x", "s3://bucket/x"),
        ("ssh://git@host/r.git", "ssh://git@host/r.git"),
        ("https://host/a@b?c=d", "https://host/a@b?c=d"),
        ("https://host/T/secret/x?code=secret", "https://host/x"),
        ("https://host/source/T/Theano/Theano-1.tgz", "https://host/source/T/Theano/Theano-1.tgz"),
        ("//u:secret@host/x", "//host/x"),
        ("u:secret@host/x", "host/x"),
        ("git+ssh://me@host/x", "git+ssh://me@host/x"),
        ("ssh://me:secret@host/x", "ssh://me@host/x"),
        ("git+https://token@host/r.git", "git+https://host/r.git"),
        ("git://token@host/r.git", "git://host/r.git"),
        ("conda-forge", "conda-forge"),
        ("./t/x/y", "./t/x/y"),
    ],
)
def test_what_is_handed_on_has_no_credentials(url: str, left: str) -> None:
    assert handed_on(url) == left


def test_every_url_of_a_text_is_looked_at() -> None:
    text = "from 'https://u:SECRET@h/x', (https://h/t/SECRET): and https://a/https://SECRET@b"
    said = "from 'https://***@h/x', (https://h/t/***): and https://a/https://***@b"
    assert without_secrets(text) == said
    assert without_secrets("a@b: c/t/d") == "a@b: c/t/d"


@pytest.mark.parametrize("quote", ["'", "`", '"', "<", '\\"'])
def test_a_quote_in_a_password_does_not_end_the_url(quote: str) -> None:
    said = without_secrets(f"no `https://u:a{quote}SECRET@h.org/c`, 'https://u:a{quote}SECRET@i'")
    assert said == "no `https://***@h.org/c`, 'https://***@i'"
    plain = f"{quote}https://h.org:80{quote}@here, {quote}https://h{quote} a@b"
    assert without_secrets(plain) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no `https://u:a SECRET@h.org/c`, me@x", "no `https://***@h.org/c`, me@x"),
        ("see https://my u:SECRET@h, then", "see https://my ***@h, then"),
        ("proxy 'u:SECRET@h:80' and //u:SECRET@h.", "proxy '***@h:80' and //***@h."),
        ('http_proxy=u:a"SECRET@h', "http_proxy=***@h"),
        ("https://u:a SECRET@h https://u:a'SECRET@i", "https://***@h https://***@i"),
    ],
)
def test_an_address_without_a_scheme_or_with_a_blank_has_secrets_too(text: str, said: str) -> None:
    assert without_secrets(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "python:3.12@sha256:0123, reg:5000/x/python:3@sha256:01, reg:5000/name@sha256:01",
        "mailto:me@x.org at 12:30 a@b: c, git@github.com:org/repo.git",
        "https://host:8080 failed: ask me@x.org",
        "// a remark: me@x, //server/share/x, conda-forge::numpy@1.0, npm:chalk@latest",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_addresses_in_addresses_without_end_are_parted_in_time() -> None:
    nested = "https://u:SECRET@h/" * 20_000
    assert "SECRET" not in shown(nested) + handed_on(nested) + without_secrets(nested)
    assert without_secrets("http:" * 4_000 + " u@h") == "http:" * 4_000 + " u@h"
    for odd in (
        "!" * 60_000 + "@",
        "!a:" * 20_000 + "@x",
        "!a:b@" * 9_000,
        "https://u:a \n" * 9_000,
    ):
        without_secrets(odd)
    escaped = "%25" * 2000 + "3A"
    assert shown(f"https://h/?to={escaped}") == "https://h/?to=***"


def test_letters_without_end_are_no_scheme_that_is_tried_from_each_of_them() -> None:
    before = time.process_time()
    for text in (
        "a" * 90_000 + " @ x",
        "git+https://h/x#egg=" + "a-" * 45_000,
        "a." * 45_000 + "@",
    ):
        assert without_secrets(text) == shown(text) == text
    assert "SECRET" not in without_secrets("a" * 90_000 + "://u:SECRET@h/x")
    assert time.process_time() - before < 8
