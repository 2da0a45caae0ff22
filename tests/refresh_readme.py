"""`python -m tests.refresh_readme`: run the main job, and put its answer and its picture into the README.

With a run folder and what was printed (`... FOLDER PRINTED.txt`) it takes those instead. The rows shown stay the same.
With `story` alone it tells the README's customer again.
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
    *("share of wallet", "retention in a year", "..."),
    *("revenue", "gross margin", "..."),
    *("net present value", "probability that it is above 0", "of its uncertainty is luck", "its sign stands"),
    "margin gained, discounted",
    *("  by repurchase", "  by retention", "  by acquisition", "  by word of mouth", "cost, discounted"),
    *("return on what was spent", "paid back", "..."),
)
STORY = "python run.py story runs/friendlier --customer "
README = ROOT / "README.md"


def block(command: str) -> "re.Pattern[str]":
    """A command with its output in the README."""
    return re.compile(rf"(?<=^```console\n)\$ {re.escape(command)}\n.*?(?=^```)", re.MULTILINE | re.DOTALL)


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
    """Rewrite the README's answer and its pictures."""
    text = README.read_text(encoding="utf-8")
    README.write_text(block(COMMAND).sub(lambda _: shown(printed), text, count=1), encoding="utf-8")
    for chart, picture in (("acsi", "answer"), ("model", "model")):
        shutil.copy(folder / "charts" / f"{chart}.svg", ROOT / "analysis" / "pictures" / f"{picture}.svg")


def told(place: Path) -> tuple[str, str]:
    """The README's scenario compared as it says, and a customer's story: the command, and what it prints."""
    text = README.read_text(encoding="utf-8")
    file = re.search(r"^```toml\n(# friendlier\.toml\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    compare = re.search(r"^python run\.py (compare friendlier\.toml .*--out runs/friendlier)$", text, re.MULTILINE)
    assert file
    assert compare
    (place / "friendlier.toml").write_text(file[1], encoding="utf-8")
    printed_by(place, compare[1])
    story = f"{STORY}{somebody(place / 'runs' / 'friendlier')}"
    return story, printed_by(place, story.removeprefix("python run.py "))


def printed_by(place: Path, words: str) -> str:
    """What a command prints in a folder."""
    command = [sys.executable, str(ROOT / "run.py"), *words.split()]
    return subprocess.run(command, cwd=place, stdout=subprocess.PIPE, text=True, check=True).stdout


def somebody(folder: Path) -> int:
    """Who is worth a story: kept as a customer in one world only, or else whose visits differ most."""
    from simulation.files import load

    twins = load(folder).twins.where(replicate=0).rows()
    most = max(twins, key=lambda row: (row["kept"] == "kept", abs(row["visits_scenario"] - row["visits_baseline"])))
    return int(most["customer_id"])


def refresh_story(command: str, printed: str) -> None:
    """Rewrite the README's story: who, the week in which the lives first decide otherwise, and the end."""
    parts = printed.rstrip("\n").split("\n\n")
    decided = re.search(r"first\s+decide\s+otherwise\s+in\s+week\s+(\d+)", parts[0])
    week = next((part for part in parts if decided and part.startswith(f"Week {decided[1]},")), parts[1])
    told_again = "\n...\n".join([f"$ {command}\n{parts[0]}", week, parts[-1]]) + "\n"
    text = README.read_text(encoding="utf-8")
    old = re.search(rf"^\$ {re.escape(STORY)}\d+", text, re.MULTILINE)
    assert old
    README.write_text(block(old[0].removeprefix("$ ")).sub(lambda _: told_again, text, count=1), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["story"]:
        with tempfile.TemporaryDirectory() as place:
            refresh_story(*told(Path(place)))
    elif len(sys.argv) > 1:
        refresh(Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8"))
    else:
        with tempfile.TemporaryDirectory() as place:
            refresh(Path(place, "run"), lived(Path(place, "run")))
