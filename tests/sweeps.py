"""Small studies for tests: a dozen customers, a few weeks, no warm-up to speak of."""

from __future__ import annotations

from pathlib import Path

from simulation import Study

SMALL = """
based_on = "{based_on}"
seed = 5
weeks = 4
replicates = {replicates}
{top}
[population]
customers = 12
[design]
{design}
[uncertainties]
"market.warmup_weeks" = 2
{uncertainties}
[levers]
{levers}
{rest}
"""
TRAINING = '"lever.staff_training.start_week" = 1'  # of four weeks


def text_of(
    *,
    design: str = 'kind = "latin_hypercube"\nsamples = 6',
    uncertainties: str = "price_weight = { min = 1.5, max = 3.0 }",
    levers: str = '"staff_training.hours_per_employee" = { min = 0, max = 90 }\n"staff_training.start_week" = 1',
    based_on: str = "grocery",
    replicates: int = 2,
    top: str = 'outcomes = ["npv", "acsi_effect", "acsi"]',
    rest: str = "",
) -> str:
    """A study file."""
    parts = {"design": design, "uncertainties": uncertainties, "levers": levers, "top": top, "rest": rest}
    return SMALL.format(based_on=based_on, replicates=replicates, **parts)


def study_in(folder: Path, name: str = "small", **parts: object) -> Study:
    """The study of a file in a folder."""
    path = folder / f"{name}.toml"
    path.write_text(text_of(**parts), encoding="utf-8")  # type: ignore[arg-type]
    return Study.load(path)
