"""What takes a rule away fits the code as it is; `make unguarded` sees each test fail by it."""

from __future__ import annotations

import ast

import pytest

from tests.security.test_rows import names
from tools.unguarded.rules import ROOT, Rule, read_rows, read_rules

ROWS = read_rows()
RULES = read_rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(map(str, rule.rows)))
def test_what_takes_a_rule_away_fits_the_code(rule: Rule) -> None:
    assert all(ROWS[number].test for number in rule.rows)
    texts: dict[str, str] = {}
    for change in rule.changes:
        assert change.file.startswith("src/")
        before = texts.get(change.file) or (ROOT / change.file).read_text("utf-8")
        texts[change.file] = change.applied(before)
        assert texts[change.file] != before
    for text in texts.values():
        ast.parse(text)
    if rule.test:
        file, _, case = rule.test.partition("::")
        assert case.partition("[")[0] in names(ROOT / file)


def test_each_attack_that_a_test_holds_has_a_rule() -> None:
    known = {number for rule in RULES for number in rule.rows}
    assert known == {number for number, row in ROWS.items() if row.test}
