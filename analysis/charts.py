"""The charts of the report, in their order.

To add one: a function of a `View` that gives a `Chart` (or None when there is nothing to draw), and its line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from analysis.chart import Chart
from analysis.customer_charts import helped_and_hurt
from analysis.drawing import style
from analysis.experience_charts import dimensions, journey
from analysis.importance_chart import importance_and_performance
from analysis.market_charts import gains_and_losses, side_by_side
from analysis.tenure_chart import retention_by_tenure
from analysis.time_charts import over_time
from analysis.views import View

CHARTS: tuple[Callable[[View], Chart | None], ...] = (
    over_time("acsi"),
    over_time("revenue"),
    over_time("attitudinal_loyalty"),
    over_time("behavioural_loyalty"),
    dimensions,
    journey,
    importance_and_performance,
    helped_and_hurt,
    retention_by_tenure,
    gains_and_losses,
)


def charts_of(view: View) -> list[Chart]:
    """All charts that the tables of one comparison hold something for."""
    with style():
        return [chart for draw in CHARTS if (chart := draw(view)) is not None]


def charts_across(views: Sequence[View]) -> list[Chart]:
    """Scenarios of one comparison side by side; nothing if there is only one."""
    with style():
        return list(_across(views))


def _across(views: Sequence[View]) -> Iterator[Chart]:
    for measure in ("acsi", "revenue"):
        chart = side_by_side(views, measure)
        if chart is not None:
            yield chart
