"""A day as people give it to a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime


class Day(click.DateTime):
    """Takes a day such as 2026-11-30, and says so of anything else."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read one day.

        Raises:
            click.BadParameter: it is none, in words that name no format of a library.
        """
        try:
            day: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(
                f"“{value}” is no day; write year, month and day, as in 2026-11-30.", param, ctx
            )
        return day


DAY = Day()
