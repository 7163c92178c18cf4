"""Which certificates count of those that the environment names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny import settings
from wisp.engine.certificates import certificate_variables
from wisp.engine.gateway import ChannelAccess
from wisp.engine.uv import visible_environment


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    (tmp_path / "folder").mkdir()
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
        ({"SSL_CERT_DIR": "gone:folder"}, {"SSL_CERT_DIR": "gone:folder"}),
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
    for named in ({"SSL_CERT_FILE": "gone"}, {"SSL_CERT_FILE": "key.pem"}, {"SSL_CERT_DIR": "x"}):
        assert ChannelAccess(settings(place / "cache"), named).client is not None
