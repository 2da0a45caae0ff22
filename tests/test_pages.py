"""Every page in headless Chromium, as wide as a laptop and as a phone: nothing cut, faint, or beyond the window.

Where no browser is found nothing is checked, and it is said that the checks were not run.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.report import write_report
from simulation.files import save
from tests.browser import Seen, browser, seen
from tests.commanding import end, invoke_drawing_all
from tests.conftest import ROOT
from tests.synthetic import compare_results

pytestmark = pytest.mark.slow
LAPTOP, PHONE = 1366, 390
HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)> & \"we\" 'ask'"
SMALL = ("--customers=200", "--weeks=20", "--set=market.warmup_weeks=4", "--quiet")
LOG = "customer_id,date,amount\n" + "\n".join(
    f"c{who},2024-{month:02d}-{1 + (7 * who + month) % 28:02d},{10 + who % 7}"
    for who in range(40)
    for month in range(1, 13)
    if (who * month) % 5 != 1
)


@pytest.fixture(scope="module")
def program() -> str:
    found = browser()
    if found is None:
        pytest.skip("not run: there is no Chromium here")
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        yield folder


def hostile(place: Path) -> Path:
    """A scenario whose words would do harm where they are not taken as words."""
    words = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    file = place / "hostile.toml"
    text = f'based_on = "grocery"\nquestion = "{words}"\n[[lever]]\nkind = "staff_training"\nstart_week = 5\n'
    file.write_text(f'{text}[[retailer]]\nid = "ours"\nname = "<b>Ours</b>"\n', encoding="utf-8")
    return file


def shipped(name: str) -> str:
    return str(ROOT / "scenarios" / f"{name}.toml")


KINDS = ("compare", "several", "run", "validate", "optimise", "calibrate", "synthetic")


@pytest.fixture(scope="module", params=KINDS)
def page(request: pytest.FixtureRequest, place: Path) -> Path:
    return made(request.param, place)


def made(kind: str, place: Path) -> Path:
    """A page of that kind, by the command that writes it."""
    if kind == "synthetic":
        return write_report(save(compare_results(), place / kind))
    if kind == "calibrate":
        (place / "log.csv").write_text(LOG, encoding="utf-8")
    words = {
        "compare": ["compare", str(hostile(place)), *SMALL, "--replicates=8"],
        "several": [
            "compare",
            shipped("split_a_budget"),
            shipped("staff_training"),
            *SMALL,
            "--replicates=8",
            "--explain=none",
        ],
        "run": ["run", "grocery", *SMALL, "--replicates=2"],
        "validate": ["validate", "grocery", "--customers=400", "--replicates=2", "--quiet"],
        "optimise": ["optimise", shipped("split_a_budget"), *SMALL, "--replicates=2"],
        "calibrate": ["calibrate", "online_music", f"--transactions={place / 'log.csv'}", "--quiet"],
    }[kind]
    return end(place / kind, *words, call=invoke_drawing_all).folder / "report.html"


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_a_page_is_read_whole_at_this_width(program: str, page: Path, width: int):
    found = seen(program, page, width)
    assert found.width == width
    assert found.scroll <= width, "it must not be moved sideways"
    assert found.texts > 30
    assert (found.beyond, found.cut, found.faint, found.crossed) == ([], [], [], [])


def test_a_page_opens_offline_and_runs_nothing(program: str, page: Path):
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    found = seen(program, page, LAPTOP)
    assert found.scripts == 0
    assert found.title != "owned"


def test_words_of_a_file_are_words_on_its_page(program: str, page: Path):
    if "compare" not in page.parts:
        return
    found = seen(program, page, LAPTOP)
    assert HOSTILE in found.text
    assert "<b>Ours</b>" in found.text


BROKEN = """<!doctype html><meta charset=utf-8><title>x</title>
<style>body { margin: 0; color: #ccc; background: #fff }</style>
<p style="width: 2000px; text-align: right">far out</p><p>faint</p>
<p style="width: 30px; overflow: hidden; white-space: nowrap">this is longer than its box</p>
<svg width="200" height="50"><text x="150" y="20">over the edge of it</text><text x="10" y="40">first</text>
<text x="14" y="40">second</text></svg>"""


def test_the_check_finds_what_is_wrong_with_a_page(program: str, tmp_path: Path):
    (tmp_path / "broken.html").write_text(BROKEN, encoding="utf-8")
    found: Seen = seen(program, tmp_path / "broken.html", PHONE)
    assert found.scroll > PHONE
    assert found.beyond == ["far out"]
    assert set(found.cut) == {"this is longer than its box", "over the edge of it"}
    assert "faint" in found.faint
    assert found.crossed == ["first | second"]
