"""The tools that replace wisp believe the certificates that wisp believes."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.own_install import update_command
from wisp.engine.tool_tls import ToolTrust, tool_trust
from wisp.specs.settings import Network

INDEX = "https://me:secret@example.org:8443/simple"
UNCHECKED = ("--allow-insecure-host", "*")


def test_where_nothing_is_checked_pip_is_told_each_host() -> None:
    found = tool_trust(Network(tls_no_verify=True), {}, [INDEX])
    hosts = ("example.org:8443", "pypi.org", "files.pythonhosted.org")
    assert found.pip == tuple(word for host in hosts for word in ("--trusted-host", host))
    assert found.uv == UNCHECKED
    assert "secret" not in str(found)


@pytest.mark.parametrize(("roots", "switch"), [("system", "true"), ("webpki", "false")])
def test_whose_certificates_count_is_said_to_uv(roots: str, switch: str) -> None:
    found = tool_trust(Network(tls_root_certs=roots), {}, [INDEX])  # type: ignore[arg-type]
    assert found.variables == {"UV_SYSTEM_CERTS": switch, "UV_NATIVE_TLS": switch}
    assert (found.uv, found.pip) == ((), ())


def test_a_file_of_certificates_is_named_to_pip_if_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "roots.pem"
    assert tool_trust(Network(), {"SSL_CERT_FILE": str(file)}, [INDEX]) == ToolTrust()
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    found = tool_trust(Network(), {"SSL_CERT_FILE": str(file)}, [INDEX])
    assert found == ToolTrust(pip=("--cert", str(file)))


def test_each_tool_gets_its_words(tmp_path: Path) -> None:
    trust = ToolTrust(UNCHECKED, ("--cert", "a file"), {"UV_NATIVE_TLS": "true"})
    home = tmp_path / "tools/wisp-env"
    home.mkdir(parents=True)
    (home / "pipx_metadata.json").write_text("{}")
    program = tmp_path / "pipx"
    program.touch(mode=0o755)
    environ = {"PATH": str(tmp_path)}
    by_pipx = update_command("uv", environ, "1.2", trust=trust, prefix=home)
    assert by_pipx.words == (str(program), "upgrade", "--pip-args=--cert 'a file'", "wisp-env")
    (home / "uv-receipt.toml").write_text("[tool]\nrequirements = []\n")
    by_uv = update_command("uv", {"PATH": ""}, "1.2", trust=trust, prefix=home)
    assert by_uv.words == ("uv", "tool", "upgrade", *UNCHECKED, "wisp-env")
    assert by_uv.variables["UV_NATIVE_TLS"] == "true"
