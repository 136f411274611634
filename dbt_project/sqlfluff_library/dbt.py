"""Stands in for dbt's cross-database macros while SQL is linted: types become varchar, functions a call of their name."""

from collections.abc import Callable


def __getattr__(name: str) -> Callable[..., str]:
    if name.startswith("__"):
        raise AttributeError(name)
    if name.startswith("type_"):
        return lambda: "varchar"
    return lambda *args: f"{name}({', '.join(str(arg) for arg in args)})"
