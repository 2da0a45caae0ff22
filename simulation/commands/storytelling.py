"""`story`: one customer's life in words."""

from typing import Annotated

import typer

from simulation.commands import uncompiled
from simulation.commands.endings import say
from simulation.commands.options import Json
from simulation.commands.printing import print_json
from simulation.commands.reporting import Png, RunFolder

Customer = Annotated[str, typer.Option("--customer", metavar="ID", help="Whose life: an id of your file, or a number.")]
Replicate = Annotated[int, typer.Option("--replicate", metavar="N", help="In which replicate.")]
World = Annotated[
    str | None, typer.Option("--scenario", metavar="NAME", help="In which world; default: the first scenario's.")
]


def story(
    folder: RunFolder,
    customer: Customer,
    replicate: Replicate = 0,
    scenario: World = None,
    png: Png = False,
    as_json: Json = False,
) -> None:
    """Tell one customer's life, week by week, beside the twin's; any customer of any finished run."""
    uncompiled.ensure(plain=True)
    from analysis.story import Story, as_text
    from analysis.story_chart import draw_life
    from analysis.story_twins import parting_of
    from analysis.story_words import Names
    from simulation import files, replay

    saved = files.load(folder)
    if not saved.comparisons:
        raise files.RunFolderError(f"{folder} holds what `{saved.manifest['verb']}` found: no lives were kept in it.")
    life, twin = replay.lives(saved, customer, replicate, scenario)
    agrees = replay.agrees(saved, life)
    if agrees is False:
        say(f"{folder}: the run ended otherwise for this customer: another version of the program has written it")
    parting = parting_of(life, twin) if twin is not None else None
    told = Story(life, Names(replay.origin_of(saved, life.scenario).scenario), twin, parting)
    chart = draw_life(saved.folder, told, png=png)
    if as_json:
        print_json({"agrees": agrees, "chart": chart, "parting": parting, "life": life, "twin": twin})
    else:
        typer.echo(as_text(told.lines()))
        say(f"\ndrawn in {chart}")
