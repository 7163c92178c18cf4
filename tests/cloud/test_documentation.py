"""The documentation in a real browser: nothing is cut off or pale, and nobody else is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tests.cloud.needs import need

ROOT = Path(__file__).parents[2]

#: Opens each page in a frame of the given width and writes down what does not fit, cannot be read
#: in the light or in the dark, or comes from elsewhere. Blocks of code scroll by themselves, so
#: they are not looked at.
PROBE = """\
<!doctype html><body><script>
const faults = [];
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
// What several colours come to that lie on one another, as light (WCAG 2, relative luminance).
function light(colours) {
  canvas.clearRect(0, 0, 1, 1);
  for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(element, window) {
  const below = ["white"];
  const above = [];
  for (let one = element; one; one = one.parentElement)
    above.unshift(window.getComputedStyle(one).backgroundColor);
  const ground = [...below, ...above];
  const [low, high] = [light(ground), light([...ground, window.getComputedStyle(element).color])]
    .sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
// A font with wide letters, which Debian has beside every browser, so that the machine's own choice
// of fonts decides nothing.
const WIDE = ':root { --md-text-font: "DejaVu Sans"; --md-code-font: "DejaVu Sans Mono"; }';
async function look(page, width) {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px"; frame.style.height = "900px"; frame.style.border = "0";
  frame.src = page;
  document.body.append(frame);
  await new Promise(done => frame.onload = done);
  const inner = frame.contentDocument;
  const wide = inner.createElement("style");
  wide.textContent = WIDE;
  inner.head.append(wide);
  for (const table of inner.querySelectorAll("article table:not(.highlighttable)")) {
    const room = inner.querySelector("article").getBoundingClientRect().right + 1;
    if (table.getBoundingClientRect().right > room) faults.push(`${page} cuts a table at ${width}`);
  }
  const still = inner.createElement("style");
  still.textContent = "* { transition: none !important; }";  // else colours change by and by
  inner.head.append(still);
  for (const scheme of ["default", "slate"]) {
    inner.body.setAttribute("data-md-color-scheme", scheme);
    const over = inner.documentElement.scrollWidth;
    if (over > width) faults.push(`${page} is ${over} wide in ${width}, ${scheme}`);
    for (const kind of ["p", "td", "th", "li", "code", "h1", "h2", "a:not(.headerlink)"]) {
      const one = inner.querySelector("article " + kind);
      if (!one) continue;
      const ratio = contrast(one, frame.contentWindow);
      if (ratio < 4) faults.push(`${page}: ${kind} has contrast ${ratio.toFixed(1)}, ${scheme}`);
    }
  }
  for (const one of frame.contentWindow.performance.getEntriesByType("resource"))
    if (!one.name.startsWith(location.origin)) faults.push(`${page} asks for ${one.name}`);
  frame.remove();
}
(async () => {
  for (const page of PAGES) for (const width of [1280, 400]) await look(page, width);
  await fetch("/answer", { method: "POST", body: JSON.stringify(faults) });
})();
</script></body>
"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps what is posted."""

    def __init__(self, *words: Any, answers: Queue[bytes], **more: Any) -> None:
        self._answers = answers
        super().__init__(*words, **more)

    def do_POST(self) -> None:
        self._answers.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Queue[bytes]]]:
    """Serve a folder on loopback; gives its address, and what is posted there."""
    answers: Queue[bytes] = Queue()
    handler = partial(_Handler, directory=str(folder), answers=answers)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    folder = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    return folder


def test_every_page_fits_screens_of_1280_and_400_pixels(site: Path, tmp_path: Path) -> None:
    need("chromium")
    pages = sorted(f"/{one.relative_to(site).parent}/" for one in site.rglob("index.html"))
    probe = PROBE.replace("PAGES", json.dumps(pages))
    (site / "probe.html").write_text(probe, encoding="utf-8")
    with served(site) as (address, answers):
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--window-size=1400,900", f"--user-data-dir={tmp_path / 'profile'}"]
        browser = subprocess.Popen(
            [*command, "--remote-debugging-port=0", f"{address}/probe.html"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            faults = json.loads(answers.get(timeout=300))
        finally:
            browser.kill()
            browser.wait()

    assert faults == []
