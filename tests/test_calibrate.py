"""From a firm's log to a folder that runs and to a forecast, by the commands; a simulated firm's log is the example."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.calibration.pseudonyms import place_of
from simulation import Scenario, run
from simulation.files import load
from tests.commanding import Ended, Verb, end, invoke, written
from tests.conftest import ROOT, Command

MARKET = str(ROOT / "scenarios" / "online_music.toml")
LOYAL = ("--set=population.traits.need_rate.mean=20", "--set=parameters.leaving_monthly=-3")
LATER = "later.csv"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where salts are kept, for all tests of this file."""
    place = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(place))
        yield place


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of a simulated firm, its customers called anna0, anna1, ...; with an address that nobody needs."""
    place = tmp_path_factory.mktemp("firm")
    ran = end(place, "run", MARKET, "--customers=150", "--weeks=40", "--replicates=1", "--quiet", *LOYAL)
    with (ran.folder / "transactions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    path = place / "log.csv"
    lines = [f"anna{row['customer_id']},{row['date']},{row['amount']},{row['outlet']},secret street" for row in rows]
    path.write_text("\n".join(["customer_id,date,amount,outlet,street", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory, state: Path, log: Path) -> Ended:
    """A calibration of that log."""
    return end(tmp_path_factory.mktemp("calibrated"), "calibrate", MARKET, f"--transactions={log}", "--json", "--quiet")


@pytest.fixture(scope="module")
def foretold(tmp_path_factory: pytest.TempPathFactory, calibrated: Ended) -> Ended:
    """A forecast of its customers."""
    place = tmp_path_factory.mktemp("foretold")
    return end(place, "forecast", str(calibrated.folder), "--horizon=13", "--json", "--quiet")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids_of(path: Path) -> set[str]:
    return {row["customer_id"] for row in rows_of(path)}


def test_the_population_is_the_firms_customers(calibrated: Ended, log: Path):
    scenario = Scenario.load(calibrated.folder / "scenario.toml")
    assert scenario.people is not None
    assert scenario.population.customers == len(scenario.people) == len(ids_of(log))
    assert {"need_rate", "basket"} <= set(scenario.people.used)


def test_week_1_is_the_monday_after_the_log(calibrated: Ended):
    start = Scenario.load(calibrated.folder / "scenario.toml").market.start.isoformat()
    until = json.loads((calibrated.folder / "manifest.json").read_text())["until"]
    assert start > until
    assert start in ("1997-10-06", "1997-09-29")


def test_nothing_in_the_folder_says_who_is_who(calibrated: Ended, log: Path):
    secrets = [b"anna", b"secret street"]
    found = [path for path in written(calibrated.folder) if path.is_file()]
    assert [path for path in found for word in secrets if word in path.read_bytes()] == []
    names = {name for table in ("population", "purchases") for name in _texts(calibrated.folder / f"{table}.parquet")}
    assert len(names) == len(ids_of(log))
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in names)


def _texts(path: Path) -> set[str]:
    from simulation.tables import read_parquet

    table = read_parquet(path)
    return {str(word) for name in ("id", "customer_id") if name in table for word in table[name]}


def test_a_short_log_without_sales_says_that_its_season_is_not_told_apart(calibrated: Ended):
    remarks = json.loads((calibrated.folder / "calibration.json").read_text())["remarks"]
    assert any("a season is not told apart" in words for words in remarks)


def test_the_salt_is_elsewhere_and_its_owners_alone(calibrated: Ended, state: Path):
    name = json.loads((calibrated.folder / "manifest.json").read_text())["salt"]
    path = place_of(name)
    assert path.is_relative_to(state)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["salt"] not in "".join(
        each.read_text(errors="replace") for each in written(calibrated.folder) if each.is_file()
    )


def test_the_same_log_has_other_pseudonyms_and_the_same_numbers_in_another_calibration(
    calibrated: Ended, tmp_path: Path, log: Path
):
    again = end(tmp_path, "calibrate", MARKET, f"--transactions={log}", "--json", "--quiet")
    assert _texts(again.folder / "population.parquet") & _texts(calibrated.folder / "population.parquet") == set()
    assert again.json["estimates"] == calibrated.json["estimates"]
    assert again.json["holdout"] == calibrated.json["holdout"]


def test_the_comparison_out_of_sample_has_the_models_of_the_literature(calibrated: Ended):
    models = {row["model"]: row for row in calibrated.json["holdout"]["models"]}
    assert {"this model", "BG/NBD", "Pareto/NBD", "own rate so far", "nobody buys"} <= set(models)
    assert models["nobody buys"]["total_error_percent"] == -100
    assert models["this model"]["rmse"] < models["nobody buys"]["rmse"]
    assert "held back" in calibrated.json["verdict"]


def test_the_report_shows_the_comparison_and_is_drawn_again(calibrated: Ended, verb: Verb):
    page = calibrated.folder / "report.html"
    before = page.read_bytes()
    assert b"Pareto/NBD" in before
    page.unlink()
    assert verb("report", calibrated.folder, "--png").exit_code == 0
    assert page.read_bytes() == before
    assert (calibrated.folder / "charts" / "tracking.png").is_file()


def test_a_calibrated_scenario_runs_and_is_the_base_of_others(calibrated: Ended, tmp_path: Path, verb: Verb):
    question = (
        calibrated.folder.parent / "training.toml"
    )  # beside the folder: paths in files may not lead out of theirs
    question.write_text('based_on = "out/scenario.toml"\n[[lever]]\nkind = "staff_training"\nstart_week = 3\n')
    small = ("--weeks=6", "--replicates=2", "--quiet", "--json", "--explain=none")
    ended = verb("compare", question, *small, f"--out={tmp_path / 'compared'}")
    assert ended.exit_code == 0, ended.stderr
    assert json.loads(ended.stdout)["baseline"] == "online_music_calibrated"
    assert verb("check", calibrated.folder / "scenario.toml", "--quiet").exit_code == 0


def test_a_forecast_gives_the_users_own_ids_back(foretold: Ended, log: Path):
    rows = rows_of(foretold.folder / "forecast.csv")
    assert list(rows[0]) == ["customer_id", "expected_purchases", "p_active", "expected_spend"]
    assert [row["customer_id"] for row in rows] == list(dict.fromkeys(r["customer_id"] for r in rows_of(log)))
    assert all(0 <= float(row["p_active"]) <= 1 <= 1 + float(row["expected_purchases"]) for row in rows)
    assert foretold.json["replicates"] == 200


def test_weeks_of_a_forecast_add_up_to_its_customers(foretold: Ended):
    weeks = rows_of(foretold.folder / "weekly.csv")
    assert list(weeks[0]) == ["week", "expected_purchases", "low", "high"]
    assert [int(row["week"]) for row in weeks] == list(range(1, 14))
    total = sum(float(row["expected_purchases"]) for row in rows_of(foretold.folder / "forecast.csv"))
    assert sum(float(row["expected_purchases"]) for row in weeks) == pytest.approx(total, rel=0.05)
    assert all(float(row["low"]) <= float(row["expected_purchases"]) <= float(row["high"]) for row in weeks)


def test_a_scenario_stands_for_its_folder(calibrated: Ended, foretold: Ended, tmp_path: Path):
    again = end(tmp_path, "forecast", str(calibrated.folder / "scenario.toml"), "--horizon=13", "--json", "--quiet")
    name = "forecast.csv"
    assert (again.folder / name).read_bytes() == (foretold.folder / name).read_bytes()


def test_a_calibrated_scenario_buys_from_its_first_weeks_on_as_is_foretold(
    calibrated: Ended, foretold: Ended, tmp_path: Path
):
    """Without a warm-up: no week of the first has more or less than the forecast beyond chance."""
    scenario = Scenario.load(calibrated.folder / "scenario.toml").replace(weeks=12, replicates=12)
    weekly = run(scenario, threads=1).weekly
    mine = (weekly["measure"] == "baskets") & (weekly["retailer"] == "music_shop")
    for margin in ("outlet", "channel", "segment", "relationship"):
        mine &= weekly[margin] == ""
    bought = weekly["value"][mine].reshape(12, 12).mean(0)
    expected = np.array([float(row["expected_purchases"]) for row in rows_of(foretold.folder / "weekly.csv")])[:12]
    assert scenario.population.represents == len(rows_of(foretold.folder / "forecast.csv"))
    for weeks in (slice(0, 2), slice(2, 6), slice(6, 12)):
        assert bought[weeks].sum() == pytest.approx(expected[weeks].sum(), rel=0.12), weeks


def test_in_a_market_whose_customers_stand_for_others_that_is_said(tmp_path: Path, state: Path, verb: Verb):
    (tmp_path / "log.csv").write_text(SMALL["one-time buyers only"])
    ended = verb(
        "calibrate", MARKET, "--set=population.represents=60000", "--transactions=log.csv", "--out=out", "--json"
    )
    assert any("The 60 customers stand for 60,000" in remark for remark in json.loads(ended.stdout)["remarks"])


def test_another_log_is_forecast_with_the_parameters_as_fitted(
    calibrated: Ended, foretold: Ended, tmp_path: Path, log: Path
):
    """A customer of both logs with the same history is expected to do the same."""
    other = tmp_path / "other.csv"
    first, *lines = log.read_text().splitlines()
    kept = [line for line in lines if hash_of(line) % 2]
    other.write_text("\n".join([first, *kept, "stranger,1997-09-01,10,music_shop_online,road"]) + "\n")
    until = calibrated.json["until"]
    options = (f"--transactions={other}", f"--until={until}", "--horizon=13", "--json", "--quiet")
    ended = end(tmp_path, "forecast", str(calibrated.folder), *options)
    theirs, ours = (
        {row["customer_id"]: row for row in rows_of(each.folder / "forecast.csv")} for each in (ended, foretold)
    )
    assert set(theirs) == ids_of(other)
    assert "stranger" in theirs
    shared = set(theirs) & set(ours)
    assert shared
    for name in shared:
        one, two = (float(each[name]["expected_purchases"]) for each in (theirs, ours))
        assert one == pytest.approx(two, rel=1e-5)


def test_ids_that_a_spreadsheet_would_run_stay_as_they_are_and_are_named(calibrated: Ended, tmp_path: Path):
    ids = ["=cmd|' /C calc'!A0", "@sum", "-12", "+3", "plain"]
    other = tmp_path / "other.csv"
    lines = [f"{name},1997-0{n + 1}-01,10,music_shop_online,road" for n, name in enumerate(ids)]
    other.write_text("\n".join(["customer_id,date,amount,outlet,channel", *lines]) + "\n")
    options = (f"--transactions={other}", "--horizon=4", "--json", "--quiet")
    ended = end(tmp_path, "forecast", str(calibrated.folder), *options)
    assert [row["customer_id"] for row in rows_of(ended.folder / "forecast.csv")] == ids
    assert [each for each in ended.json["remarks"] if each.startswith("2 customer_id begin like formulas")]


def hash_of(line: str) -> int:
    """Splits customers in two halves."""
    return int(line.partition(",")[0].removeprefix("anna"))


def test_without_the_salt_a_forecast_says_what_is_missing(calibrated: Ended, tmp_path: Path, log: Path, verb: Verb):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
        ended = verb("forecast", calibrated.folder, "--horizon=4", f"--out={tmp_path / 'out'}")
        assert ended.exit_code == 2
        assert "the salt of this calibration is not here" in ended.stderr
        assert not (tmp_path / "out").exists()
        given = verb("forecast", calibrated.folder, "--horizon=4", f"--transactions={log}", f"--out={tmp_path / 'out'}")
        assert given.exit_code == 0, given.stderr


def test_a_list_says_who_is_forecast(tmp_path: Path, state: Path, log: Path, verb: Verb):
    known = sorted(ids_of(log))[:40]
    listed = tmp_path / "list.csv"
    rows = [f"{name},1997-01-10,{20 + n},a@b.example" for n, name in enumerate([*known, "registered"])]
    listed.write_text("\n".join(["customer_id,since,age,email", *rows]) + "\n")
    ended = end(
        tmp_path, "calibrate", MARKET, f"--transactions={log}", f"--customer-list={listed}", "--json", "--quiet"
    )
    people = Scenario.load(ended.folder / "scenario.toml").people
    assert people is not None
    assert people.traits["age"].tolist() == [20.0 + n for n in range(41)]
    assert any("not read: email" in remark for remark in ended.json["remarks"])
    assert verb("forecast", ended.folder, "--horizon=4", f"--out={tmp_path / 'next'}").exit_code == 0
    forecast = rows_of(tmp_path / "next" / "forecast.csv")
    assert [row["customer_id"] for row in forecast] == [*known, "registered"]


BAD = [
    (["--transactions=none.csv"], "none.csv: there is no such file"),
    (["--transactions=bad.csv"], "bad.csv:1: there is no column 'amount'"),
    (
        ["--transactions=log.csv", "--survey=bad.csv", "--choices=bad.csv"],
        "bad.csv:1: there is no column 'satisfaction'",
    ),
    (["--transactions=log.csv", "--until=soon"], "--until: 'soon' is no date; write it as 2026-01-05"),
    (["--transactions=log.csv", "--holdout=500"], "--holdout 500: nobody had bought before the last 500 weeks"),
    (["--transactions=log.csv", "--date-format=%d"], "--date-format: '%d' does not give year, month and day"),
    (["--transactions=log.csv", "--set=parameters.price_wieght=1"], "Did you mean 'price_weight'?"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[said[:40] for _, said in BAD])
def test_wrong_input_ends_with_2_and_nothing_is_written(
    words: list[str], said: str, verb: Verb, tmp_path: Path, log: Path, state: Path
):
    (tmp_path / "bad.csv").write_text("customer_id,date\nann,2026-01-05\n")
    (tmp_path / "log.csv").write_bytes(log.read_bytes())
    before, salts = written(tmp_path), written(state)
    ended = verb("calibrate", MARKET, *words, "--out=out")
    assert ended.exit_code == 2, ended.stderr
    assert said in ended.stderr
    assert (written(tmp_path), written(state)) == (before, salts)


def days(*rows: str) -> str:
    return "\n".join(["customer_id,date,amount", *rows]) + "\n"


SMALL = {
    "a single customer": days(*(f"ann,2026-{month:02d}-05,10" for month in range(1, 10))),
    "a single purchase": days("ann,2026-01-05,10"),
    "all on one day": days(*(f"c{n},2026-01-05,10" for n in range(30))),
    "one-time buyers only": days(*(f"c{n},2026-01-{1 + n % 28:02d},{5 + n}" for n in range(60))),
    "sparse": days("ann,2020-01-05,10", "ben,2022-03-05,10", "ann,2024-01-05,10", "cid,2025-06-07,3"),
    "gifts only": days(*(f"c{n % 5},2026-02-{1 + n % 28:02d},0" for n in range(40))),
    "every day": days(*(f"c{c},2026-{m:02d}-{d:02d},4" for c in range(3) for m in (1, 2, 3) for d in range(1, 29))),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_log_is_calibrated_and_forecast_sensibly(name: str, tmp_path: Path, state: Path, verb: Verb):
    (tmp_path / "log.csv").write_text(SMALL[name])
    ended = verb("calibrate", MARKET, "--transactions=log.csv", "--out=out", "--quiet", "--json")
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)
    ahead = verb("forecast", "out", "--horizon=13", "--out=next", "--quiet", "--json")
    assert ahead.exit_code == 0, ahead.stderr + repr(ahead.exception)
    for row in rows_of(tmp_path / "next" / "forecast.csv"):
        purchases, active, spend = (float(row[key]) for key in ("expected_purchases", "p_active", "expected_spend"))
        assert 0 <= purchases <= 13 * 7.5
        assert 0 <= active <= 1
        assert spend >= 0
    assert Scenario.load(tmp_path / "out" / "scenario.toml").people is not None


def test_a_run_folder_is_no_calibration_and_the_other_way_round(
    calibrated: Ended, log: Path, verb: Verb, tmp_path: Path
):
    ran = verb("forecast", log.parent / "out", "--horizon=4", f"--out={tmp_path / 'out'}")
    assert (ran.exit_code, "was written by `run`; name a folder that `calibrate` wrote" in ran.stderr) == (2, True)
    with pytest.raises(ValueError, match="was written by `calibrate`"):
        load(calibrated.folder)


def test_an_interrupted_calibration_leaves_nothing(tmp_path: Path, log: Path):
    """Interrupted while it works: 130, no folder, no salt."""
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    words = [
        sys.executable,
        str(ROOT / "run.py"),
        "calibrate",
        MARKET,
        f"--transactions={log}",
        f"--out={tmp_path / 'out'}",
    ]
    place = tmp_path / "here"
    delayed = "import analysis.calibration.calibration as c, time, pathlib\n"
    delayed += f"c.fits_of = lambda *a: (pathlib.Path({str(place)!r}).touch(), time.sleep(90))\n"
    # A job that a shell put in the background ignores the signal.
    delayed += "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script = f"{delayed}import sys; sys.argv = {words[1:]!r}; from simulation.commands import main; main()"
    process = subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE, cwd=ROOT)
    while process.poll() is None and not place.exists():
        time.sleep(0.1)
    place.unlink()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"interrupted" in said
    assert written(tmp_path) == []


def test_the_other_files_of_a_firm(tmp_path: Path, state: Path, log: Path, verb: Verb):
    """Survey, choices and sales in one calibration; choices to come in the user's own names."""
    make_files(tmp_path, sorted(ids_of(log))[:30])
    files = ("--survey=survey.csv", "--choices=choices.csv", "--sales=sales.csv")
    ended = verb("calibrate", MARKET, f"--transactions={log}", *files, "--out=out", "--quiet", "--json")
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)
    answer: Any = json.loads(ended.stdout)
    assert {each["source"] for each in answer["estimates"]} >= {"choices", "season"}
    saved = json.loads((tmp_path / "out" / "calibration.json").read_text())
    own = Scenario.load(tmp_path / "out" / "scenario.toml").market.season
    assert own is not None
    assert saved["records"]["transactions"]["season"]["months"] == list(own.months or ())
    text = b"".join(path.read_bytes() for path in written(tmp_path / "out") if path.is_file())
    assert b"anna" not in text
    ahead = verb("forecast", "out", "--horizon=4", f"--choices={LATER}", "--out=next", "--quiet")
    assert ahead.exit_code == 0, ahead.stderr + repr(ahead.exception)
    rows = rows_of(tmp_path / "next" / "choice_probabilities.csv")
    later = rows_of(tmp_path / LATER)
    assert [row["customer_id"] for row in rows] == [row["customer_id"] for row in later]
    assert float(rows[0]["probability"]) + float(rows[1]["probability"]) == pytest.approx(1, abs=1e-4)


def make_files(place: Path, names: list[str]) -> None:
    """A survey, choices between two shops, and three years of sales by month."""
    survey = [f"{names[n % 30]},{1 + n % 10},{1 + (n * 3) % 10},{1 + (n * 7 + n // 10) % 10}" for n in range(200)]
    (place / "survey.csv").write_text("\n".join(["customer_id,satisfaction,service,price", *survey]))
    choices, later = ["customer_id,occasion,alternative,chosen,price"], ["customer_id,occasion,alternative,price"]
    for n, name in enumerate(names):
        for k in range(8):
            prices = (1 + (n * 7 + k * 3) % 5 / 5, 1 + (n * 3 + k * 5) % 7 / 7)
            took = int(prices[1] < prices[0]) if (n + k) % 4 else (n + k) % 3 % 2
            for a, price in enumerate(prices):
                choices.append(f"{name},{k},shop{a},{int(took == a)},{price:.3f}")
        later += [f"{name},9,shop{a},{1 + a * 0.1:.1f}" for a in range(2)]
    (place / "choices.csv").write_text("\n".join(choices))
    (place / LATER).write_text("\n".join(later))
    months = [
        f"{year}-{month:02d}-01,{100 + 10 * month + 5 * (year - 2020)}"
        for year in range(2020, 2024)
        for month in range(1, 13)
    ]
    (place / "sales.csv").write_text("\n".join(["date,sales", *months]))


def test_the_help_names_both_verbs(command: Command):
    assert {"calibrate", "forecast"} <= set(command("--help").stdout.split())
    assert invoke("forecast", "x", "--horizon=0").exit_code == 2
