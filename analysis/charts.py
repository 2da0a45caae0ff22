"""The charts of the report, in their order.

To add one: a function of a `View` that gives a `Chart` (or None when there is nothing to draw), and its line here
with the heading it stands under.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from analysis.chart import Chart
from analysis.customer_charts import helped_and_hurt
from analysis.desk_charts import coming_again, service_desk
from analysis.drawing import style
from analysis.experience_charts import dimensions, journey
from analysis.importance_chart import importance_and_performance
from analysis.journey_map import journey_map
from analysis.market_charts import gains_and_losses, side_by_side
from analysis.model_chart import model_picture
from analysis.money_charts import sources_and_cost, value_by_week
from analysis.part_charts import by_part
from analysis.relation_charts import giving_and_getting, loyalty_and_satisfaction, relationship_mix
from analysis.season_chart import season
from analysis.tenure_chart import retention_by_tenure
from analysis.time_charts import over_time
from analysis.transition_chart import transitions
from analysis.views import View
from analysis.why_charts import through_what, what_could_turn_it, which_lever
from analysis.word_charts import stars, word_of_mouth

MONEY = "Money"
WHAT, WHY, STAY, WHO = "What happened", "Why", "Why they stay", "Who, where and when"
CHARTS: tuple[tuple[str, Callable[[View], Chart | None]], ...] = (
    (WHAT, over_time("acsi")),
    (WHAT, over_time("revenue")),
    (MONEY, sources_and_cost),
    (MONEY, value_by_week),
    (WHY, model_picture),
    (WHY, dimensions),
    (WHY, journey),
    (WHY, journey_map),
    (WHY, importance_and_performance),
    (WHY, which_lever),
    (WHY, through_what),
    (WHY, what_could_turn_it),
    (STAY, over_time("attitudinal_loyalty")),
    (STAY, over_time("behavioural_loyalty")),
    (STAY, loyalty_and_satisfaction),
    (STAY, retention_by_tenure),
    (STAY, relationship_mix),
    (STAY, transitions),
    (STAY, coming_again),
    (STAY, giving_and_getting),
    (STAY, service_desk),
    (STAY, word_of_mouth),
    (STAY, stars),
    (WHO, helped_and_hurt),
    (WHO, by_part("encounter_satisfaction")),
    (WHO, by_part("revenue")),
    (WHO, season),
    (WHO, gains_and_losses),
)


def charts_of(view: View) -> list[Chart]:
    """All charts that the tables of one comparison hold something for."""
    with style():
        return [replace(chart, part=part) for part, draw in CHARTS if (chart := draw(view)) is not None]


def charts_across(views: Sequence[View]) -> list[Chart]:
    """Scenarios of one comparison side by side; nothing if there is only one."""
    with style():
        return list(_across(views))


def _across(views: Sequence[View]) -> Iterator[Chart]:
    for measure in ("acsi", "revenue"):
        chart = side_by_side(views, measure)
        if chart is not None:
            yield chart
