"""Broken files: what a file says, and the words that the message must contain."""

import sys
from pathlib import Path

import pytest

from simulation.scenario import Scenario, ScenarioError, entity_number
from simulation.scenario.reading import MAX_FILE_BYTES

G = 'based_on = "grocery"\n'
LEVER = G + '[[lever]]\nkind = "staff_training"\n'
EVENT = G + "[[event]]\n"
DESK = '[[desk]]\nid = "hotline"\nstaff = 2\nminutes_per_contact = 6\n'
AT_DESK = G + '[[lever]]\nkind = "desk_change"\n'
OUTLET = (
    'channel = "store"\nformat = "supermarket"\nlocation = "centre"\ncell = 3\ncapacity_visits_week = 100\nstaff = 3\n'
    "levels = { social = 0.7, service = 0.7, atmosphere = 0.7, assortment = 0.7, price = 0.7, channels = 0.7, "
    "brand = 0.7 }\n"
)

BROKEN = {
    # what is not a scenario at all
    "empty": ("", [": the file is empty", "based_on"]),
    "only a comment": ("# nothing\n", [": there is no market"]),
    "not TOML": (G + "weeks 3", [":2: this is not valid TOML"]),
    "unfinished text": (G + 'question = "why', [":2: this is not valid TOML"]),
    "key twice": (G + "weeks = 3\nseed = 1\nweeks = 4\n", [":4: 'weeks' is given twice (first in line 2)"]),
    "table twice": (G + "[market]\n[record]\n[market]\n", [":4: 'market' is given twice (first in line 2)"]),
    "key twice in one line": ('record = {margins = "all", margins = "all"}', [":1: 'margins' is given twice"]),
    "deep arrays": ("a = " + "[" * 100_000, [": values are nested too deeply"]),
    "deep keys": ("a" + ".a" * 60 + " = 1", [": tables are nested too deeply"]),
    "endless number": ("weeks = " + "9" * 5_000, ["thousands of digits"]),
    "name without end": ("k" * 5_000 + " = 1\n", [":1: there is no key 'kkk", "kkk...' in a scenario"]),
    "date for a text": (G + "question = 2026-01-05\n", [":2: question must be text in quotes; it is 2026-01-05"]),
    "array for a table": (G + "[[population]]\ncustomers = 5\n", [":2:", "must be a table; it is an array of tables"]),
    "table for a number": (G + "[moderators]\nage_service = {x = 1}\n", [":3:", "must be a number; it is a table"]),
    "study": (G + "[design]\nsamples = 3\n", [":2: [design] makes this a study of many runs: `sweep` simulates it"]),
    "second focal retailer": (
        G + '[[retailer]]\nid = "valumart"\nfocal = true\n',
        [":4: 'ours' and 'valumart' are both focal; exactly one can be"],
    ),
    "a retailer removed without its outlets": (
        G + '[[retailer]]\nid = "corner"\nremove = true\n',
        ["outlet 'corner_centre' belongs to no retailer", "If 'corner' was removed, remove its outlets too"],
    ),
    "no focal retailer": (G + '[[retailer]]\nid = "ours"\nfocal = false\n', [":4: no retailer is focal"]),
    # what it is based on
    "no market": ("seed = 1\nweeks = 2\n", [": there is no market", 'based_on = "grocery"']),
    "missing base": (
        'seed = 1\nbased_on = "grocry"\n',
        [":2: there is no market or scenario 'grocry'", "Did you mean 'grocery'?"],
    ),
    "base is a number": ("based_on = 3\n", [":1: based_on must be a name or a path in quotes"]),
    "base outside": ('based_on = "../other.toml"\n', [":1: '../other.toml' leads out of the folder of this file"]),
    "base absolute": ('based_on = "/etc/passwd"\n', [":1: '/etc/passwd' leads out of the folder"]),
    "base on another drive": ('based_on = "C:\\\\market.toml"\n', [":1:", "leads out of the folder"]),
    "base with a null": ('based_on = "a\\u0000b"\n', [":1:"]),
    "base is itself": ('seed = 4\nbased_on = "promo.toml"\n', [":2: based_on goes round in a circle"]),
    "missing baseline": (G + 'baseline = "grocary"\n', [":2: there is no market or scenario 'grocary'"]),
    # keys, types and ranges
    "misspelt key": (G + "weks = 3\n", [":2: there is no key 'weks' in a scenario. Did you mean 'weeks'?"]),
    "misspelt table": (G + "[markt]\n", [":2: there is no key 'markt'", "'market'"]),
    "misspelt key in a table": (
        G + "[population]\ncustomer = 3\n",
        [":3: there is no key 'customer' in [population]. Did you mean 'customers'?"],
    ),
    "misspelt field": (
        LEVER + "hours_per_employe = 3\n",
        [":4: lever 'staff_training' (staff_training) has no field", "'hours_per_employee'"],
    ),
    "misspelt parameter": (
        G + "[parameters]\nprice_wieght = 2\n",
        [":3: there is no parameter 'price_wieght'. Did you mean 'price_weight'?"],
    ),
    "misspelt moderator": (G + "[moderators]\nincom_price = 0\n", [":3: there is no moderator", "'income_price'"]),
    "unknown determinant": (G + "[determinants]\nstaff = 1\n", [":3: there is no determinant 'staff'", "service"]),
    "parameter out of range": (
        G + "[parameters]\nprice_weight = 99\n",
        [":3: price_weight must lie between", "it is 99"],
    ),
    "text for a number": (G + 'weeks = "12"\n', [":2: weeks must be a whole number; it is '12'"]),
    "truth for a number": (G + "seed = true\n", [":2: seed must be a whole number; it is true"]),
    "fraction for a count": (G + "replicates = 2.5\n", [":2: replicates must be a whole number; it is 2.5"]),
    "truth for a level": (
        G + '[[outlet]]\nid = "ours_centre"\nlevels.price = true\n',
        [":4: price must be a number; it is true"],
    ),
    "level too high": (
        G + '[[outlet]]\nid = "ours_centre"\nlevels = {price = 1.2}\n',
        [":4: price must lie between 0 and 1; it is 1.2"],
    ),
    "not a number": (G + "[market]\nclimate = nan\n", [":3: climate must be a finite number; it is nan"]),
    "NaN for a parameter": (G + "[parameters]\nprice_weight = nan\n", [":3: price_weight must be a finite number"]),
    "infinite": (G + '[[outlet]]\nid = "ours_centre"\nstaff = inf\n', [":4: staff must be a finite number; it is inf"]),
    "beyond floating point": (G + "[market]\nclimate = " + "9" * 400, [":3: climate must be", "too large"]),
    "date in quotes": (
        G + '[market]\nstart = "2026-01-05"\n',
        [":3: start must be a date such as 2026-01-05, without quotes"],
    ),
    "not a Monday": (G + "[market]\nstart = 2026-01-06\n", [":3: start must be a Monday; 2026-01-06 is a Tuesday"]),
    "unknown trade": (G + '[market]\ntrade = "fashin"\n', [":3: there is no trade 'fashin'. Did you mean 'fashion'?"]),
    "unknown format": (
        G + '[[outlet]]\nid = "ours_centre"\nformat = "discounter"\n',
        [":4: format must be one of", "Did you mean 'discount'?"],
    ),
    "table is a number": (G + "market = 3\n", [":2: [market]", "a table"]),
    "array is a table": (G + "[outlet]\nstaff = 3\n", [":2: write each outlet as a table of its own under [[outlet]]"]),
    "seed too large": (G + "seed = 4294967296\n", [":2: seed must be between 0 and 4,294,967,295"]),
    "name that is a path": (G + 'name = "../up"\n', [":2: name must be letters"]),
    # population
    "no customers": (G + "[population]\ncustomers = 0\n", [":3: customers must be between 1 and 200,000,000; it is 0"]),
    "negative customers": (
        G + "[population]\ncustomers = -5\n",
        [":3: customers must be between 1 and 200,000,000; it is -5"],
    ),
    "a trillion customers": (
        G + "[population]\ncustomers = 1_000_000_000_000\n",
        [":3: customers must be between 1 and 200,000,000"],
    ),
    "cells not square": (
        G + "[population]\ncells = 26\n",
        [":3: cells must be a square number, such as 25 or 36; it is 26"],
    ),
    "unknown trait": (
        G + "[population.traits.agee]\nmean = 3\n",
        [":2: there is no trait 'agee'. Did you mean 'age'?"],
    ),
    "trait of another kind": (G + "[population.traits.age]\nmedian = 30\n", [":3: age is normal: it has mean, sd"]),
    "trait that cannot change": (G + "[population.traits.cell]\nlow = 3\n", ["cell", "cannot be changed"]),
    "negative spread": (G + "[population.traits.age]\nsd = -1\n", [":3: sd must lie between 0"]),
    "shares that miss one": (
        G + "[population.traits.household]\nshares = [0.5, 0.2, 0.1, 0.1, 0.2]\n",
        [":3: shares must add up to 1; they add up to 1.1"],
    ),
    "shares and values": (
        G + "[population.traits.household]\nshares = [0.5, 0.5]\n",
        ["values and shares must be equally many; they are 5 and 2"],
    ),
    "missing population file": (G + '[population]\nfile = "people.csv"\n', [":3: there is no file 'people.csv'"]),
    "population file outside": (
        G + '[population]\nfile = "../people.csv"\n',
        [":3: '../people.csv' leads out of the folder"],
    ),
    # retailers and outlets
    "outlet without retailer": (
        G + '[[outlet]]\nid = "x"\nretailer = "our"\n' + OUTLET,
        [":4: outlet 'x' belongs to no retailer", "Did you mean 'ours'?"],
    ),
    "outlet names no retailer": (G + '[[outlet]]\nid = "x"\n' + OUTLET, [":2: outlet 'x' has no retailer"]),
    "retailer without outlet": (G + '[[retailer]]\nid = "x"\n', [":2: retailer 'x' has no outlet"]),
    "outlet without id": (G + "[[outlet]]\nstaff = 3\n", [":2: this outlet has no id"]),
    "id with a dot": (G + '[[outlet]]\nid = "a.b"\n', [":3: 'a.b' cannot be an id"]),
    "duplicate id": (
        G + '[[outlet]]\nid = "ours_centre"\nstaff = 3\n[[outlet]]\nid = "ours_centre"\n',
        [":6: there are two outlets with the id 'ours_centre' (first in line 2)"],
    ),
    "two focal": (G + '[[retailer]]\nid = "harvest"\nfocal = true\n', [":4:", "both focal; exactly one"]),
    "no levels": (
        G + '[[outlet]]\nid = "x"\nretailer = "ours"\n' + OUTLET.replace(", brand = 0.7", ""),
        [":11: levels of outlet 'x' lack brand"],
    ),
    "store in no cell": (
        G + '[[outlet]]\nid = "x"\nretailer = "ours"\n' + OUTLET.replace("cell = 3\n", ""),
        [":2: outlet 'x' has no cell"],
    ),
    "cell outside the town": (
        G + '[[outlet]]\nid = "ours_centre"\ncell = 25\n',
        [":4: cell must lie between 0 and 24"],
    ),
    "online outlet in a cell": (
        G + '[[outlet]]\nid = "ours_online"\ncell = 2\n',
        [":4: an online outlet stands in no cell"],
    ),
    "store with online format": (
        G + '[[outlet]]\nid = "ours_centre"\nformat = "online"\n',
        [":4: the format of a store cannot be"],
    ),
    "never open": (
        G + '[[outlet]]\nid = "ours_centre"\nopens_week = 5\ncloses_week = 5\n',
        [":5:", "closes in the week it opens"],
    ),
    "removing a stranger": (
        G + '[[outlet]]\nid = "ours_center"\nremove = true\n',
        [":2: there is no outlet 'ours_center' to remove. Did you mean 'ours_centre'?"],
    ),
    "removing and changing": (
        G + '[[outlet]]\nid = "ours_north"\nstaff = 3\nremove = true\n',
        [":4: staff does nothing where the outlet is removed"],
    ),
    "removing not": (G + '[[outlet]]\nid = "ours_north"\nremove = false\n', [":4: remove can only be true"]),
    # levers and events
    "unknown lever": (
        G + '[[lever]]\nkind = "staf_training"\n',
        [":3: there is no kind of lever 'staf_training'. Did you mean 'staff_training'?"],
    ),
    "lever of nobody": (LEVER + 'retailer = "theirs"\n', [":4: there is no retailer 'theirs'"]),
    "lever nowhere": (
        LEVER + 'outlet = "ours_center"\n',
        [":4: there is no outlet 'ours_center'. Did you mean 'ours_centre'?"],
    ),
    "lever in a rival's outlet": (
        LEVER + 'outlet = "harvest_centre"\n',
        [":4: outlet 'harvest_centre' belongs to 'harvest', not to 'ours'"],
    ),
    "lever beyond the end": (
        LEVER + "start_week = 105\n",
        [":4: start_week 105 is beyond the end of the run (104 weeks)"],
    ),
    "lever ends first": (LEVER + "start_week = 9\nend_week = 8\n", [":5: end_week 8 is before start_week 9"]),
    "lever in week nought": (LEVER + "start_week = 0\n", [":4: start_week must be between 1 and 5,200; it is 0"]),
    "lever out of range": (
        LEVER + "hours_per_employee = 4_000\n",
        [":4: hours_per_employee must lie between 0 and 400; it is 4,000"],
    ),
    "lever with text": (
        LEVER + 'hours_per_employee = "many"\n',
        [":4: hours_per_employee must be a number; it is 'many'"],
    ),
    "lever without its word": (
        G + '[[lever]]\nkind = "level_change"\n',
        [":2: lever 'level_change' has no determinant; it is one of social"],
    ),
    "lever with a wrong word": (
        G + '[[lever]]\nkind = "level_change"\ndeterminant = "servic"\n',
        [":4: determinant must be one of", "Did you mean 'service'?"],
    ),
    "upkeep of a website": (
        G + '[[lever]]\nkind = "upkeep_change"\noutlet = "ours_online"\n',
        [":2: lever 'upkeep_change' needs a store"],
    ),
    "lever without kind": (G + '[[lever]]\nid = "x"\n', [":2: lever 'x' has no kind"]),
    "event beyond the end": (
        EVENT + 'kind = "recession"\nweek = 300\n',
        [":4: week 300 is beyond the end of the run (104 weeks)"],
    ),
    "entry of nobody": (EVENT + 'kind = "entry"\nweek = 3\n', [":2: event 'entry' has no retailer"]),
    "recession of one": (
        EVENT + 'kind = "recession"\nweek = 3\nretailer = "ours"\n',
        [":5: recession happens to the whole market"],
    ),
    "entry that ends": (
        EVENT + 'kind = "entry"\nweek = 3\nweeks = 9\nretailer = "corner"\n',
        [":5: an entry is for good"],
    ),
    # service desks
    "desk without anything": (
        G + '[[desk]]\nid = "hotline"\n',
        [":2: desk 'hotline' has no retailer", ":2: desk 'hotline' has no staff"],
    ),
    "desk of nobody": (
        G + DESK + 'retailer = "our"\nchannel = "phone"\n',
        [":6: desk 'hotline' belongs to no retailer of this market", "Did you mean 'ours'?"],
    ),
    "desk of another kind": (
        G + DESK + 'retailer = "ours"\nchannel = "mail"\n',
        [":7: channel must be one of 'face_to_face', 'phone', 'email', 'chat' or 'self_service'", "mean 'email'?"],
    ),
    "desk open longer than a week": (
        G + DESK + 'retailer = "ours"\nchannel = "phone"\nhours_open_week = 169\n',
        [":8: hours_open_week must be"],
    ),
    "desk without staff": (
        G + DESK.replace("staff = 2", "staff = 0") + 'retailer = "ours"\nchannel = "phone"\n',
        [":4: staff must be"],
    ),
    "machine that solves complaints": (
        G + DESK + 'retailer = "ours"\nchannel = "self_service"\ncomplaint_resolution = 0.5\n',
        [":8: desk 'hotline' is self-service, and complaints go to people"],
    ),
    "desk of the same id": (
        G + 2 * (DESK + 'retailer = "ours"\nchannel = "phone"\n'),
        ["there are two desks with the id 'hotline'"],
    ),
    "lever on no desk": (
        AT_DESK + 'desk = "ours_fone"\n',
        ["there is no desk 'ours_fone'. Did you mean 'ours_phone'?"],
    ),
    "lever on another's desk": (
        AT_DESK + 'desk = "corner_phone"\n',
        ["desk 'corner_phone' belongs to 'corner', not to 'ours', who buys this lever"],
    ),
    "lever on desks in an outlet": (
        AT_DESK + 'outlet = "ours_centre"\n',
        ["desk_change does not act on outlets; take outlet out"],
    ),
    "training at a desk": (
        LEVER + 'desk = "ours_phone"\n',
        ["staff_training does not act on service desks; take desk out"],
    ),
    "lever on desks where there are none": (
        AT_DESK
        + "".join(f'[[desk]]\nid = "ours_{name}"\nremove = true\n' for name in ("phone", "email", "face_to_face")),
        ["lever 'desk_change' needs a service desk, and 'ours' has none; add a [[desk]] for it"],
    ),
    # what is not built
    # what is recorded
    "survey beyond the end": (
        G + "[record]\nsurvey = { every = 130 }\n",
        [":3: every is 130 and the run has 104 weeks: nobody would be asked"],
    ),
    "events of how many": (G + "[record]\nevents = -1\n", [":3: events must be a whole number up to 1,000"]),
    "events of whom": (G + "[record]\nevents = [1.5]\n", ["or a list of customer ids; it is [1.5]"]),
    "events of true": (G + "[record]\nevents = true\n", ["or a list of customer ids; it is true"]),
    "events of nobody": (
        G + "[population]\ncustomers = 50\n[record]\nevents = [49, 50]\n",
        [":5: there is no customer '50'; they are numbered 0 to 49"],
    ),
    "capabilities": (
        G + '[[retailer]]\nid = "ours"\ncapabilities = { analytic = 0.5 }\n',
        [":4: there is no capability 'analytic'. Did you mean 'analytical'?"],
    ),
}


def messages(path: Path) -> str:
    """What is said of a file that must be refused."""
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(path)
    assert caught.value.problems
    return str(caught.value)


@pytest.fixture
def promo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to break, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "promo.toml"


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_in_plain_words(promo: Path, case: str) -> None:
    text, words = BROKEN[case]
    promo.write_text(text, encoding="utf-8")
    said = messages(promo)
    for word in words:
        assert word in said, f"{case}: expected {word!r} in:\n{said}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x7fELF\x00\x01\x00", "binary"),
        ('question = "gr\u00fcn"\n'.encode("latin-1"), "promo.toml:1: a character here is not UTF-8"),
        (b"seed = 1\n# \xff\n", "promo.toml:2: a character here is not UTF-8"),
        ("seed = 1".encode("utf-16"), "saved as UTF-16; save it as UTF-8"),
        (b" \n\t\n", "the file is empty"),
    ],
)
def test_what_is_not_text_is_refused(promo: Path, content: bytes, words: str) -> None:
    promo.write_bytes(content)
    assert words in messages(promo)


def test_a_mark_that_editors_put_in_front_is_no_fault(promo: Path) -> None:
    promo.write_bytes(b'\xef\xbb\xbfbased_on = "grocery"\r\nseed = 3\r\n')
    assert Scenario.load(promo).seed == 3


def test_a_file_too_large_is_not_read(promo: Path) -> None:
    with promo.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert "2 MB" in messages(promo)


def test_a_folder_is_no_scenario(promo: Path) -> None:
    promo.mkdir()
    assert "there is no such file" in messages(promo)


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="Did you mean 'staff_training'"):
        Scenario.load("staf_training")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("seed = 1")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "link.toml").symlink_to(tmp_path / "outside.toml")
    (folder / "promo.toml").write_text('based_on = "link.toml"')
    assert "leads out of the folder" in messages(folder / "promo.toml")


def test_a_ring_of_files_is_named(promo: Path) -> None:
    promo.write_text('based_on = "b.toml"\n')
    promo.with_name("b.toml").write_text('\nbased_on = "promo.toml"\n')
    said = messages(promo)
    assert "circle" in said
    assert "promo.toml -> b.toml" in said


def test_a_fault_in_a_base_is_reported_with_the_line_of_the_base(promo: Path) -> None:
    promo.with_name("market.toml").write_text('based_on = "grocery"\n\n[[outlet]]\nid = "ours_centre"\nstaff = -1\n')
    promo.write_text('based_on = "market.toml"\n[market]\nclimate = 4\n')
    said = messages(promo)
    assert "market.toml:5: staff must be above 0" in said
    assert "promo.toml:3: climate must be between -1 and 1; it is 4" in said


def test_an_unreadable_base_is_reported_in_both_files(promo: Path) -> None:
    promo.with_name("market.toml").write_text("seed = \n")
    promo.write_text('seed = 1\nbased_on = "market.toml"\n')
    assert "promo.toml:2: market.toml, which this is based on, cannot be read" in messages(promo)
    assert "market.toml:1: this is not valid TOML" in messages(promo)


def test_all_problems_come_at_once_in_order_of_lines(promo: Path) -> None:
    promo.write_text(
        'based_on = "grocery"\nseed = "a"\nreplicates = 0\n[population]\ncustomers = -1\ncells = 24\n[market]\n'
        'start = 2026-01-06\nclimat = 3\n[[outlet]]\nid = "ours_centre"\nstaff = -3\ncell = 88\n'
        '[[lever]]\nkind = "staff_trainin"\n[parameters]\nprice_wieght = 3\n'
    )
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(promo)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 5, 6, 8, 9, 12, 13, 15, 17]
    assert caught.value.problems[4].key == "market.start"


def test_a_missing_baseline_is_found_along_with_all_else(promo: Path) -> None:
    promo.write_text('based_on = "grocery"\nbaseline = "grocary"\nweeks = 0\n')
    said = messages(promo)
    assert "promo.toml:2: there is no market or scenario 'grocary'. Did you mean 'grocery'?" in said
    assert "promo.toml:3: weeks must be between 1 and 5,200; it is 0" in said


def test_customers_beyond_memory_are_refused_with_what_fits(promo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.scenario.limits.free_memory", lambda: 10_000_000)
    promo.write_text('based_on = "grocery"\n[population]\ncustomers = 10_910\n')
    assert "promo.toml:3: 10,910 customers need more than 60 % of the free memory" in messages(promo)
    assert Scenario.load(promo, customers=10_909).population.customers == 10_909


def test_ids_that_share_a_number_are_refused(promo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.scenario.checking.entity_number", len)
    promo.write_text('based_on = "grocery"\n')
    assert "happen to share their number for chance" in messages(promo)


def test_the_number_of_an_id_never_changes() -> None:
    assert entity_number("ours") == 10_162_188
    assert 0 <= entity_number("ours_centre") < 2**26
