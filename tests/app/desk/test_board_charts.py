"""The board's drawings: what stands where."""

from __future__ import annotations

from itertools import pairwise

import pytest

from docgen.domain.task import THREE_STAGES, ProgramStage
from docgen.ports.register import StageCount, StageDays
from docgen.web.desk.board_charts import BESIDE, SLIVER, Bar, Chart, days_chart, standing_chart


def counted(*numbers: tuple[int, int]) -> Chart:
    """Draw so many practices, and overdue ones among them, for each of the three stages."""
    of = dict(zip(THREE_STAGES, numbers, strict=True))
    return standing_chart(
        [
            StageCount(
                stage=stage,
                practices=of.get(stage, (7, 0))[0],
                overdue=of.get(stage, (7, 0))[1],
                invitation_bounced=0,
                copy_undelivered=0,
            )
            for stage in ProgramStage
        ]
    )


def timed(*numbers: tuple[int, int, int, int]) -> Chart:
    """Draw practices, median, nine tenths and longest for each of the three stages."""
    return days_chart(
        [
            StageDays(stage=stage, practices=many, median=median, p90=p90, longest=longest)
            for stage, (many, median, p90, longest) in zip(THREE_STAGES, numbers, strict=True)
        ]
    )


def share(bar: Bar) -> tuple[float, float]:
    """Give where a bar begins and how long it is."""
    return float(bar.x.rstrip("%")), float(bar.width.rstrip("%"))


def test_parts_of_a_whole_stand_end_to_end() -> None:
    """The fullest stage is as wide as the drawing; overdue begins where on track ends."""
    drawing = counted((40, 10), (20, 20), (0, 0)).drawing
    assert [bar.style for bar in drawing.bars] == ["on-track", "overdue", "overdue"]
    assert [share(bar) for bar in drawing.bars] == [(0.0, 75.0), (75.0, 25.0), (0.0, 50.0)]
    assert [(label.name, label.words) for label in drawing.labels] == [
        ("Contracting", "30 on track, 10 overdue"),
        ("Onboarding", "0 on track, 20 overdue"),
        ("Implementation", "none"),
    ]


def test_enrolled_and_ended_do_not_dwarf_the_stages() -> None:
    """Only those on their way are drawn."""
    assert [item.words for item in counted((1, 0), (1, 0), (1, 0)).groups] == [
        "Contracting", "Onboarding", "Implementation",
    ]  # fmt: skip


@pytest.mark.parametrize("many", [1, 400, 5000, 1_000_000])
def test_one_among_many_is_still_seen(many: int) -> None:
    """A single overdue practice has a bar, and no bar leaves the drawing."""
    drawing = counted((many, 1), (1, 0), (0, 0)).drawing
    assert [bar.style for bar in drawing.bars].count("overdue") == 1
    for bar in drawing.bars:
        start, width = share(bar)
        assert width >= SLIVER
        assert start + width <= 100.01


def test_days_are_measured_by_the_longest() -> None:
    """Each value has a bar and its words at the end of it; a stage nobody left says so."""
    chart = timed((12, 10, 30, 60), (1, 0, 0, 0), (0, 0, 0, 0))
    drawing = chart.drawing
    assert [share(bar)[1] for bar in drawing.bars] == [
        pytest.approx(BESIDE / 6, abs=0.01), BESIDE / 2, BESIDE,
    ]  # fmt: skip
    assert [label.words for label in drawing.labels] == [
        "12 practices", "median 10", "9 of 10 within 30", "longest 60",
        "1 practice", "median 0", "9 of 10 within 0", "longest 0",
        "none yet",
    ]  # fmt: skip
    assert [label.x for label in drawing.labels][3] == "48.00%"


def test_large_numbers_are_grouped() -> None:
    """In the drawing and in its description."""
    chart = counted((5000, 1234), (0, 0), (0, 0))
    assert chart.description == (
        "Contracting: 3,766 on track, 1,234 overdue. Onboarding: none. Implementation: none."
    )


@pytest.mark.parametrize(
    "chart",
    [
        counted((0, 0), (0, 0), (0, 0)),
        timed((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
        timed((3, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_nothing_draws_no_bar(chart: Chart) -> None:
    """Words remain, and nothing is divided by zero."""
    assert chart.drawing.bars == ()
    assert len(chart.drawing.labels) >= 3


def test_nothing_stands_on_something_else() -> None:
    """From top to bottom each line of words has its own height, within the drawing."""
    drawing = timed((2, 10, 30, 60), (1, 5, 6, 7), (1, 1, 1, 1)).drawing
    heights = [float(label.y.removesuffix("em")) for label in drawing.labels]
    assert all(later - earlier >= 1.2 for earlier, later in pairwise(heights))
    assert heights[-1] < float(drawing.height.removesuffix("em"))
