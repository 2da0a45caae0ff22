"""`python -m tests.refresh_readme`: run the main job, and put its answer and its picture into the README.

With a run folder and what was printed (`... FOLDER PRINTED.txt`) it takes those instead. The rows shown stay the same.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = "python run.py compare scenarios/staff_training.toml"
ROWS = (
    *("customer satisfaction", "satisfying visits", "..."),
    *("share of wallet", "weekly retention", "..."),
    *("revenue", "gross margin", "...", "conversion", "..."),
)
BLOCK = re.compile(rf"(?<=^```console\n)\$ {re.escape(COMMAND)}\n.*?(?=^```)", re.MULTILINE | re.DOTALL)


def shown(printed: str) -> str:
    """The part of the output that the README shows: the sentence, the head of the table, some rows."""
    lines = [line.rstrip() for line in printed.replace("\u00a0", " ").splitlines()]
    rows = [next((line for line in lines if line.startswith(f" {row}")), row) for row in ROWS]
    return "\n".join([f"$ {COMMAND}", *lines[:5], *rows, ""])


def lived(folder: Path) -> str:
    """Run the main job into a folder; what it printed."""
    words = [sys.executable, "run.py", *COMMAND.split()[2:], "--out", str(folder)]
    width = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(words, cwd=ROOT, env=width, stdout=subprocess.PIPE, text=True, check=True).stdout


def refresh(folder: Path, printed: str) -> None:
    """Rewrite the README's answer and its picture."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(BLOCK.sub(lambda _: shown(printed), text, count=1), encoding="utf-8")
    shutil.copy(folder / "charts" / "acsi.svg", ROOT / "analysis" / "pictures" / "answer.svg")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        refresh(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"))
    else:
        with tempfile.TemporaryDirectory() as place:
            refresh(Path(place, "run"), lived(Path(place, "run")))
