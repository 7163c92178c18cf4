from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.specs.match import SpecSyntaxError, parse_spec
from wisp.specs.package_names import Python, pypi_names, python_of, served_names, spec_name
from wisp.specs.records import CondaRecord, PypiRecord


def conda(name: str, version: str = "1.0", build: str = "0", **more: object) -> CondaRecord:
    return CondaRecord(
        location=f"https://c/linux-64/{name}-{version}-{build}.conda",
        name=name,
        version=version,
        build=build,
        build_number=0,
        subdir="linux-64",
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("purl", "name"),
    [
        ("pkg:pypi/Foo_bar?source=hash-mapping", "foo-bar"),
        ("pkg:pypi/ruamel.yaml@0.18?source=x", "ruamel-yaml"),
        ("pkg:pypi/a@1.0", "a"),
        ("pkg:pypi/a#sub/path", "a"),
        ("pkg:pypi/zope%2Einterface", "zope-interface"),
    ],
)
def test_pypi_names_are_read_out_of_purls(purl: str, name: str) -> None:
    assert pypi_names([purl]) == (name,)


@pytest.mark.parametrize("purl", ["pkg:conda/x", "pkg:github/o/x", "pkg:pypi/", "pkg:pypi/?a=b"])
def test_purls_of_other_kinds_name_nothing_on_pypi(purl: str) -> None:
    assert pypi_names([purl]) == ()


def test_whoever_was_not_looked_up_has_no_names() -> None:
    assert pypi_names(None) == ()


def test_served_names_lead_to_the_conda_packages() -> None:
    yaml = conda("ruamel.yaml", purls=("pkg:pypi/ruamel.yaml", "pkg:github/o/other"))
    wheel = PypiRecord(location="https://h/x-1-py3-none-any.whl", name="x")
    assert served_names([yaml, wheel]) == {"ruamel-yaml": yaml}


def test_the_package_of_the_very_name_comes_before_one_that_brings_it_along() -> None:
    six = conda("six", purls=("pkg:pypi/six",))
    before, behind = (conda(n, purls=(f"pkg:pypi/{n}", "pkg:pypi/six")) for n in ("bleach", "tpot"))
    assert served_names([before, six, behind])["six"] is six
    assert served_names([before, behind])["six"] is behind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("numpy", "numpy"),
        ("numpy >=1", "numpy"),
        ("numpy>=1", "numpy"),
        ("numpy==1.0=py_0", "numpy"),
        ("NumPy 1.*", "numpy"),
        ("forge::numpy", "numpy"),
        ("forge/linux-64::numpy 1.0", "numpy"),
        ("https://h/forge::numpy >=2", "numpy"),
        ("numpy[version='>=1']", "numpy"),
        ("numpy[url='https://h/a::b']", "numpy"),
        (" numpy ", "numpy"),
        ("ruamel.yaml~=0.1", "ruamel.yaml"),
        ("__glibc >=2.17", "__glibc"),
        ("_libgcc_mutex", "_libgcc_mutex"),
        ("", ""),
    ],
)
def test_the_name_of_a_spec_is_read_without_the_solvers_library(text: str, name: str) -> None:
    assert spec_name(text) == name


@settings(deadline=None)
@given(
    st.sampled_from(["", "forge::", "forge/noarch::", "https://h/c::"]),
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,8}[a-z0-9]", fullmatch=True),
    st.sampled_from(["", " 1.0", ">=1,<2", " >=1 py_0", "=1.2", "[build_number=1]", " ==1=0"]),
)
def test_it_is_the_name_that_the_solvers_library_reads(channel: str, name: str, rest: str) -> None:
    text = f"{channel}{name}{rest}"
    try:
        parsed = parse_spec(text)
    except SpecSyntaxError:
        return
    assert spec_name(text) == parsed.name


@pytest.mark.parametrize(
    ("build", "abi"),
    [
        ("h1_0_cp314t", "cp314t"),
        ("h1_0_cp314", None),
        ("h1_0_cpython", None),
        ("0_cp313t_debug", "cp313t"),
        ("cp313t", "cp313t"),
        ("h1_cptest_0", None),
        ("0_test", None),
    ],
)
def test_the_abi_of_a_python_stands_between_underscores(build: str, abi: str | None) -> None:
    assert python_of([conda("lib"), conda("python", "3.13.1", build)]) == Python("3.13.1", abi)


def test_without_a_python_there_is_none() -> None:
    assert python_of([conda("lib"), PypiRecord(location="./x", name="python")]) is None
