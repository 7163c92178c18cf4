"""What takes a rule away fits the code as it is; `make unguarded` sees each test fail by it."""

from __future__ import annotations

import pytest

from tests.security.test_rows import names
from tools.unguarded.rules import ROOT, Rule, read_rows, read_rules

ROWS = read_rows()
RULES = read_rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(map(str, rule.rows)))
def test_what_takes_a_rule_away_fits_the_code(rule: Rule) -> None:
    assert rule.rows
    assert all(ROWS[number].test for number in rule.rows)
    for change in rule.changes:
        assert change.file.startswith("src/")
        text = (ROOT / change.file).read_text("utf-8")
        assert change.applied(text) != text
    if rule.test:
        file, _, case = rule.test.partition("::")
        assert case.partition("[")[0] in names(ROOT / file)
