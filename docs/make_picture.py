"""Write docs/half-step-map.svg, the README's picture: the map as the shipped study's report draws it.

Usage: ``uv run python docs/make_picture.py``
"""

from pathlib import Path

from halfstep.report.charts import MapChart
from halfstep.report.draw_map import map_svg
from halfstep.report.halves import map_section
from halfstep.report.index import Index
from halfstep.report.page import Figure
from halfstep.report.pictures import Variant
from halfstep.report.say import Speaker
from halfstep.study import run

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Draw."""
    outcome = run(ROOT / "studies" / "us-cars")
    speaker = Speaker("en", outcome.config)
    (figure,) = (b for b in map_section(Index.of(outcome)).blocks if isinstance(b, Figure))
    (chart,) = figure.charts
    assert isinstance(chart, MapChart)
    drawn = str(map_svg(chart, Variant(speaker, 760), speaker.text(figure.title)))
    white = drawn.replace("><", '><rect width="100%" height="100%" fill="#fffefa"/><', 1)
    (ROOT / "docs" / "half-step-map.svg").write_text(
        white.replace("<svg ", '<svg font-family="sans-serif" ', 1), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
