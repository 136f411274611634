"""The reference page of the settings, written from their declaration: `python -m orchestration.settings_page > docs/settings.md`.

Does not belong here: what a setting does (where it is used), reading it (settings.py).
"""

import sys

from pydantic_core import PydanticUndefined

from orchestration.settings import PROJECT_ROOT, Settings

_INTRO = """\
# Settings

Each is an environment variable, read once at the start by `orchestration/settings.py` and nowhere else. This page is generated from
there; run `make docs` after a change.

| variable | default | what it is |
| --- | --- | --- |
"""
# What depends on the machine, in words.
_IN_WORDS = {"threads": "the machine's cores"}


def page() -> str:
    """The whole page as Markdown."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = _IN_WORDS.get(name) or _shown("" if field.default is PydanticUndefined else field.default)
        rows.append(f"| `DATADRIVES_{name.upper()}` | {default} | {field.description} |\n")
    return _INTRO + "".join(rows)


def _shown(default: object) -> str:
    text = str(default).removeprefix(f"{PROJECT_ROOT}/")
    return "none" if default is None else f"`{text}`" if text else ""


if __name__ == "__main__":
    sys.stdout.write(page())
