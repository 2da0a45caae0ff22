"""`list`: what there is, and on what evidence."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import typer

from simulation.commands.endings import WrongInputError
from simulation.commands.evidence import print_evidence
from simulation.commands.options import Json
from simulation.commands.printing import plain, print_json, print_table, text

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """One thing that can be listed: what it is, its rows, and the columns people see of them."""

    about: str
    rows: Callable[[], list[Row]]
    columns: tuple[str, ...]


def _scenarios() -> list[Row]:
    from simulation.scenario.finding import find, shipped

    files = ((name, tomllib.loads(find(name).read_text(encoding="utf-8"))) for name in shipped())
    return [{"name": name, "question": "", "based_on": None} | _top(file) for name, file in files]


def _studies() -> list[Row]:
    from simulation.sweeping.finding import STUDIES, shipped_studies

    files = {name: tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8")) for name in shipped_studies()}
    return [{"name": name, **_top(file), "design": file["design"]["kind"]} for name, file in files.items()]


def _top(file: Row) -> dict[str, Any]:
    return {key: file[key] for key in ("question", "based_on") if key in file}


def _numbers(table: str) -> Callable[[], list[Row]]:
    """The rows of a table of `simulation.parameters`, read when they are asked for."""

    def rows() -> list[Row]:
        from simulation import parameters

        return [plain(row) for row in getattr(parameters, table).values()]

    return rows


def _desks() -> list[Row]:
    """What service desks are like, channel by channel."""
    from simulation import parameters

    return [
        {**plain(row), "name": f"{channel}.{key}"}
        for channel, rows in parameters.DESKS.items()
        for key, row in rows.items()
    ]


def _needs() -> list[Row]:
    """Needs with their two numbers as numbers; the rest is said of the importance."""
    from simulation.parameters import NEEDS

    return [
        {**plain(need), "importance": need.importance.value, "zone": need.zone.value}
        | {key: getattr(need.importance, key) for key in ("low", "high", "about", "source")}
        for need in NEEDS.values()
    ]


CATALOGUES = {
    "scenarios": Catalogue("questions and markets that are shipped", _scenarios, ("name", "question", "based_on")),
    "studies": Catalogue("studies of many runs that are shipped", _studies, ("name", "question", "based_on", "design")),
    "levers": Catalogue("what a retailer can invest in", _numbers("LEVERS"), ("name", "about", "moves", "evidence")),
    "events": Catalogue("what can happen to everybody", _numbers("EVENTS"), ("name", "about", "source")),
    "parameters": Catalogue(
        "every number of the equations", _numbers("PARAMETERS"), ("name", "value", "unit", "about")
    ),
    "moderators": Catalogue(
        "what makes a determinant weigh more or less",
        _numbers("MODERATORS"),
        ("name", "strength", "about"),
    ),
    "desks": Catalogue(
        "what service desks are like unless a file says otherwise, by channel",
        _desks,
        ("name", "value", "low", "high", "unit", "source"),
    ),
    "needs": Catalogue("what customers want of a visit", _needs, ("name", "kind", "reads", "importance", "about")),
    "instruments": Catalogue("questions of surveys", _numbers("INSTRUMENTS"), ("name", "asked", "label")),
    "measures": Catalogue("what is measured", _numbers("MEASURES"), ("name", "unit", "definition")),
}


def list_(
    what: Annotated[str | None, typer.Argument(metavar="[WHAT]", help=", ".join(CATALOGUES) + ", or lever")] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One of them, in full.")] = None,
    as_json: Json = False,
) -> None:
    """What there is, from scenarios to measures; with a NAME, everything known about one: list lever staff_training."""
    if what is None:
        _print(_overview(), Catalogue("What there is", _overview, ("name", "count", "about")), as_json=as_json)
        return
    catalogue = CATALOGUES[_known(_plural(what), CATALOGUES, "list of", what)]
    rows = catalogue.rows()
    if name is None:
        _print(rows, catalogue, as_json=as_json)
        return
    by_name = {row["name"]: row for row in rows}
    if what.removesuffix("s") == "lever" and not as_json:
        print_evidence(_known(name, by_name, "lever"))
        return
    _print_card(by_name[_known(name, by_name, what.removesuffix("s"))], as_json=as_json)


def _overview() -> list[Row]:
    return [{"name": name, "count": len(what.rows()), "about": what.about} for name, what in CATALOGUES.items()]


def _plural(what: str) -> str:
    return what if what.endswith("s") else f"{what}s"


def _known(name: str, names: Iterable[str], kind: str, typed: str | None = None) -> str:
    from simulation.scenario.problems import unknown

    known = list(names)
    if name not in known:
        raise WrongInputError(unknown(kind, typed or name, known))
    return name


def _print(rows: list[Row], catalogue: Catalogue, *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    cells = [[row[column] for column in catalogue.columns] for row in rows]
    print_table(catalogue.about.capitalize(), catalogue.columns, cells, numeric=("value", "strength", "count"))
    typer.echo(_more(rows, catalogue))


def _more(rows: list[Row], catalogue: Catalogue) -> str:
    """Where more is to be found, and how much of it is assumed."""
    kind = next((name for name, each in CATALOGUES.items() if each is catalogue), "")
    if not kind:
        return "Each of them: list NAME, such as: list levers"
    assumed = sum("assumption" in str(row.get("source") or row.get("evidence", "")) for row in rows)
    assumptions = f" {assumed} of {len(rows)} are assumptions." if assumed else ""
    return f"Everything about one, with its source: list {kind.removesuffix('s')} NAME.{assumptions}"


def _print_card(row: Row, *, as_json: bool) -> None:
    """Everything known about one thing: its own facts, then its fields."""
    if as_json:
        print_json([row])
        return
    facts = [(key.replace("_", " "), value) for key, value in row.items() if key != "fields" and _says_something(value)]
    print_table(row["name"], ("", ""), facts)
    fields = row.get("fields", {}).values()
    if fields:
        print_table(
            "Its fields, with their values unless a scenario says otherwise", FIELD_COLUMNS, map(_field, fields)
        )


def _says_something(value: object) -> bool:
    return value is not False and value not in ("", [])


FIELD_COLUMNS = ("field", "value", "allowed", "what it is", "source")


def _field(field: Row) -> tuple[object, ...]:
    choices = field["choices"]
    allowed = ", ".join(choices) if choices else f"{text(field['low'])} to {text(field['high'])} {field['unit']}"
    value = None if choices else field["value"]
    return field["name"], value, allowed, field["about"], field["source"]
