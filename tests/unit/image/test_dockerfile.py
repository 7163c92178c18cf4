from __future__ import annotations

import json
import re
import subprocess

import pytest

from wisp.errors import UsageError, WispError
from wisp.image.dockerfile import DockerRecipe, dockerfile_text, ignore_text
from wisp.image.documents import HealthCheck
from wisp.image.settings import ImageSettings
from wisp.values import replace

RECIPE = DockerRecipe(
    manifest="pixi.toml", environment="prod", program="wisp-env==1.0", settings=ImageSettings()
)


def lines(recipe: DockerRecipe) -> list[str]:
    return dockerfile_text(recipe).splitlines()


def test_the_environment_is_installed_before_the_code_comes() -> None:
    found = lines(RECIPE)
    install = found.index("RUN wisp install --locked --environment prod")
    assert found.index("COPY pixi.toml pixi.lock ./") < install
    assert found.index(
        "COPY /app/.pixi/envs/prod /app/.pixi/envs/prod".replace("COPY ", "COPY --from=build ")
    ) < found.index("COPY . .")
    assert install < found.index("COPY . .")


def test_local_packages_come_before_the_installation() -> None:
    found = lines(replace(RECIPE, sources=("lib", "my own")))
    install = found.index("RUN wisp install --locked --environment prod")
    assert found.index("COPY lib lib") < install
    assert found.index('COPY ["my own", "my own"]') < install


def test_a_workspace_that_is_a_package_comes_as_a_whole() -> None:
    found = lines(replace(RECIPE, sources=(".",)))
    assert found.count("COPY . .") == 2
    assert "COPY pixi.toml pixi.lock ./" not in found


def test_packages_of_debian_are_installed_into_its_own_image() -> None:
    wanted = replace(RECIPE, settings=ImageSettings(debian_packages=("libgl1", "libffi8")))
    text = dockerfile_text(wanted)
    assert "FROM debian:trixie-slim\n# hadolint ignore=DL3008\nRUN apt-get update" in text
    assert "install -y --no-install-recommends libffi8 libgl1 \\\n" in text
    given = replace(wanted.settings, base="alma:9")
    assert "apt-get" not in dockerfile_text(replace(wanted, settings=given))


def test_cache_mounts_need_a_syntax_that_knows_them() -> None:
    found = lines(replace(RECIPE, cache_mounts=True))
    assert found[0] == "# syntax=docker/dockerfile:1"
    mount = "--mount=type=cache,target=/var/cache/wisp"
    assert f"RUN {mount} wisp install --locked --environment prod" in found
    assert not any("--mount" in line or "syntax" in line for line in lines(RECIPE))


def test_settings_become_instructions() -> None:
    settings = ImageSettings(
        base="debian:12-slim",
        workdir="/srv",
        user="7:8",
        ports=("80/tcp", "53/udp"),
        labels={'a"b': "c $d\\"},
        health=HealthCheck(command=("ask", "$it"), interval=5, timeout=1.5, retries=2),
        command=("serve", "--port", "80"),
        code=False,
    )
    found = lines(replace(RECIPE, settings=settings, variables={"GPU": "all"}))
    stage = found[found.index("FROM debian:12-slim") :]
    assert stage[1:] == [
        'LABEL "a\\"b"="c \\$d\\\\"',
        'ENV GPU="all"',
        "WORKDIR /srv",
        "COPY --from=build /usr/local/bin/activated /usr/local/bin/activated",
        "COPY --from=build /srv/.pixi/envs/prod /srv/.pixi/envs/prod",
        "EXPOSE 80/tcp",
        "EXPOSE 53/udp",
        'HEALTHCHECK --interval=5s --timeout=1.5s --retries=2 CMD ["ask", "$it"]',
        "USER 7:8",
        'ENTRYPOINT ["/usr/local/bin/activated"]',
        'CMD ["serve", "--port", "80"]',
    ]


def test_the_script_of_a_task_is_the_command() -> None:
    script = "#!/bin/sh\necho \"$HOME\"\nexec 'a b'\n"
    last = lines(replace(RECIPE, task=script))[-1]
    assert json.loads(last.removeprefix("CMD ")) == ["/bin/sh", "-c", script]


def test_the_entry_point_is_a_script_that_a_shell_accepts() -> None:
    text = dockerfile_text(RECIPE)
    start = text.index("RUN set -eu; {")
    body = text[start + 4 : text.index("\n\n", start)].replace("\\\n", "")
    body = body.replace("> /usr/local/bin/activated; chmod 0755 /usr/local/bin/activated", "")
    stub = 'wisp() { echo "export A=\\"$5\\""; }; '
    made = subprocess.run(["sh", "-c", stub + body], check=True, capture_output=True, text=True)
    assert made.stdout.startswith("#!/bin/bash\n")
    done = subprocess.run(
        ["bash", "-c", made.stdout, "activated", "sh", "-c", 'echo "$A $1" "$HOME"', "sh", "b c"],
        check=True,
        capture_output=True,
        text=True,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout == "--no-completions b c /tmp\n"


@pytest.mark.parametrize("name", [".env", "server.pem", "id_ed25519", "secrets.yaml", ".git"])
def test_docker_sees_no_secret_and_no_repository(name: str) -> None:
    assert any(
        pattern == f"**/{name}" or pattern == f"**/*{name[name.rfind('.') :]}"
        for pattern in ignore_text(ImageSettings(), ()).splitlines()
    )


def test_docker_ignores_what_git_does_but_needs_the_lock() -> None:
    settings = ImageSettings(exclude=("tests/",), include=("data/model.bin",))
    ignored = ["# a comment", "", "*.log", "/build/", "docs/site", "!keep.log", "node_modules/"]
    found = ignore_text(settings, ignored).splitlines()
    rows = ["**/*.log", "build", "docs/site", "!**/keep.log", "**/node_modules", "**/tests"]
    assert found[-7:] == [*rows, "!data/model.bin"]
    assert "pixi.lock" not in found


@pytest.mark.parametrize("base", ["debian:1\nRUN x", "debian AS x", "--platform=x debian", "-x"])
def test_a_base_is_no_further_instruction(base: str) -> None:
    with pytest.raises(WispError, match=r"is not (a tag|the name of an image)"):
        dockerfile_text(replace(RECIPE, settings=ImageSettings(base=base)))


@pytest.mark.parametrize("name", ["curl; x", "curl\nRUN x", "-o=APT::x", "$(x)", "a b", ""])
def test_a_package_of_debian_is_no_word_of_a_shell(name: str) -> None:
    with pytest.raises(WispError, match="Debian"):
        dockerfile_text(replace(RECIPE, settings=ImageSettings(debian_packages=("curl", name))))


def test_keys_of_labels_are_one_word() -> None:
    found = lines(replace(RECIPE, settings=ImageSettings(labels={"a b$c": "d", "org.x/y": "e"})))
    assert r'LABEL "a b\$c"="d"' in found
    assert 'LABEL org.x/y="e"' in found


def test_a_value_of_a_label_is_what_it_was() -> None:
    """Between double quotes Docker takes away the backslash of quotes, dollars and itself alone."""
    told = 'caf\u00e9 \U0001f600\t"$x" \\n `d`'
    (line,) = (
        one
        for one in lines(replace(RECIPE, settings=ImageSettings(labels={"a": told})))
        if one.startswith("LABEL")
    )
    quoted = line.removeprefix('LABEL a="').removesuffix('"')
    assert re.sub(r'\\([\\$"])', r"\1", quoted) == told
    assert not re.search(r'(?<!\\)(?:\\\\)*["$]', quoted)


@pytest.mark.parametrize("labels", [{"a": "b\nRUN c"}, {"a\nRUN b": "c"}, {"a": "b\r"}])
def test_a_line_break_of_a_label_is_refused(labels: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="line break"):
        dockerfile_text(replace(RECIPE, settings=ImageSettings(labels=labels)))


@pytest.mark.parametrize(
    ("path", "written", "place"),
    [
        ("--from=evil", "--from=evil", "--from=evil"),
        ("<<EOF", "<<EOF", "<<EOF"),
        ("[a]*?.sh", "[[]a][*][?].sh", "[a]*?.sh"),
        ("a$b 'c'", "a\\$b \\'c\\'", "a\\$b \\'c\\'"),
        ("a\\b", "a[" + "\\" * 4 + "]b", "a\\\\b"),
        ("#a", "#a", "#a"),
    ],
)
def test_a_path_is_no_option_and_no_pattern(path: str, written: str, place: str) -> None:
    """The place is no pattern, but is expanded as the sources are."""
    found = lines(replace(RECIPE, sources=(path,)))
    assert f"COPY {json.dumps([written, place])}" in found
