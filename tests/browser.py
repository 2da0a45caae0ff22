"""Pages in a real browser: a copy of a page in a frame of a given width, measured by a script beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
MEASURING = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Seen:
    """What a browser made of a page."""

    width: int
    scroll: int  # width of all that can be scrolled to
    texts: int
    beyond: list[str]  # texts that reach beyond the window
    cut: list[str]  # texts that reach beyond their drawing or box
    faint: list[str]  # texts with a contrast below 4.5 (WCAG 2.2, 1.4.3)
    crossed: list[str]  # pairs of texts of one drawing that lie on one another
    scripts: int
    title: str
    text: str


def browser() -> str | None:
    """A Chromium of this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def seen(program: str, page: Path, width: int) -> Seen:
    """Open a page in a window so wide; the policy that forbids all scripts is left out of the copy that is measured."""
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    frame = f'<iframe width="{width}" height="900" style="border:0" srcdoc="{escape(text)}"></iframe>'
    outer = f"<!doctype html><meta charset=utf-8><body>{frame}<pre></pre><script>{MEASURING}</script>"
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "beside.html"
        beside.write_text(outer, encoding="utf-8")
        command = [program, *QUIET, f"--user-data-dir={folder}/user", "--window-size=1600,1000", "--dump-dom"]
        done = subprocess.run(
            [*command, "--virtual-time-budget=10000", beside.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            env={**os.environ, "HOME": folder},
        )
    found = re.search(r"<pre>(\{.*?\})</pre>", done.stdout, re.DOTALL)
    assert found, f"the page was not measured: {done.stderr[-500:]}"
    answer: dict[str, Any] = json.loads(unescape(found[1]))
    return Seen(**answer)
