"""Stands in for dbt's `adapter` while SQL is linted: a dispatched macro becomes a call of its name.

Does not belong here: what the macros say (macros/dialect).
"""

from collections.abc import Callable


def dispatch(name: str, *_: object) -> Callable[..., str]:
    def call(*args: object) -> str:
        # The one dispatched macro that stands for a whole query.
        query = "select day as calendar_date from " if name == "days_between" else ""
        return f"{query}{name}({', '.join(str(arg) for arg in args)})"

    return call
