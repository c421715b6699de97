"""Any chart as SVG, in the widths it is drawn in."""

from __future__ import annotations

from halfstep.report.charts import Chart, MapChart, PanelChart, RowsChart, TracksChart
from halfstep.report.draw import NARROW, WIDE, Markup, Variant
from halfstep.report.draw_lines import lines_svg, panel_svg
from halfstep.report.draw_map import map_svg
from halfstep.report.draw_rows import rows_svg
from halfstep.report.draw_tracks import tracks_svg

__all__ = ["draw", "widths"]


def draw(chart: Chart, variant: Variant, about: str) -> Markup:
    """Return the SVG element of a chart; `about` describes it to those who cannot see it."""
    if isinstance(chart, MapChart):
        return map_svg(chart, variant, about)
    if isinstance(chart, RowsChart):
        return rows_svg(chart, variant, about)
    if isinstance(chart, TracksChart):
        return tracks_svg(chart, variant, about)
    return panel_svg(chart, variant, about) if isinstance(chart, PanelChart) else lines_svg(chart, variant, about)


def widths(chart: Chart) -> tuple[int, ...]:
    """Return the widths in which a chart is drawn; a panel is small enough for all screens and holds no words."""
    return (NARROW,) if isinstance(chart, PanelChart) else (WIDE, NARROW)
