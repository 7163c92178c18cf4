from __future__ import annotations

from wisp.console.package_card import card, joined, version_list

ROW = {
    "name": "thing",
    "version": "2.0",
    "build": "h1_0",
    "subdir": "noarch",
    "noarch": "python",
    "size": 1500,
    "timestamp": 1_700_000_000_999,
    "fn": "thing-2.0-h1_0.conda",
    "url": "https://host/c/noarch/thing-2.0-h1_0.conda",
    "channel": "https://host/c",
    "depends": ["python"],
}
OLD = ROW | {"version": "1.10", "build": "h0_0"}


def test_a_card_tells_one_build_and_counts_the_others() -> None:
    versions = {"2.0": [ROW, ROW], "1.10": [OLD, OLD, OLD], "1.0": [OLD]}
    assert card(ROW, versions, 1) == (
        "thing-2.0-h1_0 (+ 1 build)\n"
        "--------------------------\n"
        "\n"
        "Name                thing\n"
        "Version             2.0\n"
        "Build               h1_0\n"
        "Size                1.46 KiB\n"
        "Timestamp           2023-11-14 22:13:20 UTC\n"
        "Subdir              noarch\n"
        "NoArch              python\n"
        "File Name           thing-2.0-h1_0.conda\n"
        "URL                 https://host/c/noarch/thing-2.0-h1_0.conda\n"
        "\n"
        "Dependencies:\n"
        " - python\n"
        "\n"
        "Run exports: not available in repodata\n"
        "\n"
        "Other Versions (2):\n"
        "Version  Build\n"
        "1.10     h0_0 (+ 2 builds)\n"
        "... and 1 more"
    )


def test_a_lonely_build_without_dependencies_says_little() -> None:
    row = {key: ROW[key] for key in ("name", "version", "build", "subdir", "fn", "url")}
    text = card(row, {"2.0": [row]}, None)
    assert text.startswith("thing-2.0-h1_0\n--------------\n")
    assert "Dependencies" not in text
    assert "Other Versions" not in text


def test_run_exports_are_listed_by_kind() -> None:
    row = ROW | {"run_exports": {"weak": ["thing >=2"], "strong": []}}
    assert "Run exports:\n weak:\n  - thing >=2" in card(row, {"2.0": [row]}, None)


def test_a_list_is_cut_at_the_limit() -> None:
    text = version_list("thing", [ROW, OLD, OLD], 1, lambda url: url.rpartition("/")[2])
    assert text == (
        "thing (3 versions)\n  2.0 h1_0 [noarch] c\n  ... and 2 more versions (use -l to show more)"
    )


def test_lists_are_parted_by_a_blank_line() -> None:
    assert joined(["a", "b"], 0) == "a\n\nb"
    assert joined(["a"], 3).endswith("... and 3 more packages (use -n to show more)")
