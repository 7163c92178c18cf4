"""Sizes as one page with a map to click through: no other file, no other site."""

from __future__ import annotations

import html
import json
from importlib import resources

from wisp.console.secrets import data_without_secrets, without_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import SizeReport


def size_page(report: SizeReport) -> str:
    """Write the page. What is weighed stands in it as data, which cannot end its element."""
    template = resources.files(__package__).joinpath("size_page.html").read_text(encoding="utf-8")
    data = json.dumps(data_without_secrets(report.as_json()))
    title = html.escape(without_secrets(report.subject))
    escaped = data.replace("<", "\\u003c").replace("&", "\\u0026")
    before, after = template.split("@DATA@")
    return before.replace("@TITLE@", title) + escaped + after.replace("@TITLE@", title)
