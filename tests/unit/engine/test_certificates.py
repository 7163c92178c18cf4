"""Which certificates count of those that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tiny import settings
from wisp.engine.certificates import certificate_variables
from wisp.engine.gateway import ChannelAccess
from wisp.engine.uv import visible_environment
from wisp.errors import HostError

TWO = os.pathsep.join(("gone", "folder"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/5ed36f99.0").symlink_to("../ca.pem")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("named", "counts"),
    [
        ({}, {}),
        ({"SSL_CERT_FILE": "ca.pem"}, {"SSL_CERT_FILE": "ca.pem"}),
        ({"SSL_CERT_FILE": "gone"}, {}),
        ({"SSL_CERT_FILE": "key.pem"}, {}),
        ({"SSL_CERT_FILE": "folder"}, {}),
        ({"SSL_CERT_FILE": ""}, {}),
        ({"SSL_CERT_DIR": TWO}, {"SSL_CERT_DIR": TWO}),
        ({"SSL_CERT_DIR": "empty"}, {}),
        ({"SSL_CERT_DIR": "empty", "REQUESTS_CA_BUNDLE": "folder"}, {"SSL_CERT_DIR": "folder"}),
        ({"SSL_CERT_DIR": "gone"}, {}),
        ({"REQUESTS_CA_BUNDLE": "ca.pem"}, {"SSL_CERT_FILE": "ca.pem"}),
        ({"REQUESTS_CA_BUNDLE": "folder"}, {"SSL_CERT_DIR": "folder"}),
        ({"REQUESTS_CA_BUNDLE": "gone"}, {}),
        ({"SSL_CERT_FILE": "gone", "REQUESTS_CA_BUNDLE": "ca.pem"}, {"SSL_CERT_FILE": "ca.pem"}),
        ({"SSL_CERT_DIR": "folder", "REQUESTS_CA_BUNDLE": "ca.pem"}, {"SSL_CERT_DIR": "folder"}),
    ],
)
def test_what_is_there_counts_for_both_engines(
    place: Path, named: dict[str, str], counts: dict[str, str]
) -> None:
    assert certificate_variables(named) == counts
    seen = visible_environment(named, settings(place).network)
    assert {name: value for name, value in seen.items() if name.startswith("SSL_")} == counts


def test_what_is_not_there_stops_no_client(place: Path) -> None:
    names = {"SSL_CERT_FILE": "gone"}, {"SSL_CERT_FILE": "key.pem"}, {"SSL_CERT_DIR": "empty"}
    for named in names:
        assert ChannelAccess(settings(place / "cache"), named).client is not None


def test_what_the_user_has_named_is_told_where_no_client_can_be_made(place: Path) -> None:
    named = {"SSL_CERT_FILE": "ca.pem", "SSL_CERT_DIR": "gone"}
    (place / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n")
    with pytest.raises(HostError, match="no client of the web can be made") as caught:
        _ = ChannelAccess(settings(place / "cache"), named).client
    told = "certificates are those of SSL_CERT_FILE=ca.pem, SSL_CERT_DIR=gone"
    assert caught.value.causes == ("builder error", told)
