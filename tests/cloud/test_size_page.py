"""The page of `wisp size --html` in a real browser: what it shows, keys, light and dark."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.needs import need
from wisp.api.weighing.report import PackageSize, SizeReport
from wisp.console.size_page import size_page

pytestmark = pytest.mark.slow

REPORT = SizeReport(
    subject="default </script><b>",
    form="environment",
    packages=(
        PackageSize(
            name="torch",
            version="2.4",
            kind="pypi",
            size=600,
            files=9,
            kinds={"libraries": 500, "Python": 100},
            why=("vision", "torch"),
        ),
        PackageSize(name="numpy", kind="conda", size=300, kinds={"libraries": 300}),
        PackageSize(name="rest", size=100, kinds={"data": 100}),
    ),
    unused=("numpy",),
)
#: Uses the page as somebody with a keyboard does, and writes down what is seen.
PROBE = """
<script>
const seen = {};
const press = key => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const focused = () => document.activeElement.getAttribute("aria-label");
const labels = () => [...document.querySelectorAll("#map button")].map(one => one.ariaLabel);
const inside = () => [...document.querySelectorAll("#map button")].every(one => {
  const a = one.getBoundingClientRect(), b = document.getElementById("map").getBoundingClientRect();
  return a.left >= b.left - 1 && a.right <= b.right + 1 && a.bottom <= b.bottom + 1;
});
const paper = () => getComputedStyle(document.body).backgroundColor;
seen.unused = unused.textContent;
seen.first = focused(); seen.labels = labels(); seen.fits = inside();
press("ArrowRight"); seen.right = focused();
press("ArrowLeft"); seen.back = focused(); seen.about = about.textContent;
document.activeElement.click(); seen.within = labels(); seen.where = where.textContent;
press("Escape"); seen.left = labels(); seen.kept = focused();
seen.paper = paper(); document.getElementById("theme").click(); seen.other = paper();
const areas = [...document.querySelectorAll("#map button")].map(one => {
  const a = one.getBoundingClientRect(); return a.width * a.height; });
seen.share = areas[0] / areas.reduce((sum, one) => sum + one, 0);
seen.links = document.querySelectorAll("[src], [href]").length;
document.title = "seen"; document.body.textContent = JSON.stringify(seen);
</script>
"""


def browse(page: Path, *flags: str) -> str:
    need("chromium")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,700"]
    done = subprocess.run(
        [*command, *flags, "--virtual-time-budget=5000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.stdout


def look(folder: Path, *flags: str) -> dict[str, Any]:
    page = folder / "page.html"
    page.write_text(size_page(REPORT).replace("</body>", f"{PROBE}</body>"))
    body = browse(page, *flags).partition("<body>")[2].partition("</body>")[0]
    found: dict[str, Any] = json.loads(body.replace("&lt;", "<").replace("&gt;", ">"))
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return look(tmp_path_factory.mktemp("page"))


def test_packages_are_shown_by_their_size(seen: dict[str, Any]) -> None:
    assert seen["labels"] == ["torch 2.4, 600 B", "numpy, 300 B", "rest, 100 B"]
    assert seen["fits"]
    assert abs(seen["share"] - 0.6) < 0.01
    assert seen["unused"] == "Nothing here imports or calls: numpy."


def test_everything_can_be_done_by_keys(seen: dict[str, Any]) -> None:
    assert seen["first"] == seen["back"] == seen["kept"] == "torch 2.4, 600 B"
    assert seen["right"] == "numpy, 300 B"
    assert seen["within"] == ["libraries, 500 B", "Python, 100 B"]
    assert seen["where"] == "torch 2.4: 600 B"
    assert seen["left"] == seen["labels"]
    assert "needed by vision" in seen["about"]


def test_it_is_light_or_dark_as_the_reader_wants(seen: dict[str, Any], tmp_path: Path) -> None:
    light, dark = "rgb(255, 255, 255)", "rgb(13, 17, 23)"
    assert (seen["paper"], seen["other"]) == (light, dark)
    night = look(tmp_path, "--blink-settings=preferredColorScheme=0")
    assert (night["paper"], night["other"]) == (dark, light)


def test_the_page_asks_nobody_for_anything(seen: dict[str, Any]) -> None:
    assert seen["links"] == 0
    text = size_page(REPORT)
    assert text.count("</script>") == 2
    assert "http" not in text
