"""A report as one HTML page that needs nothing else: no script, no font, no request.

Belongs here: turning facts into the page. Does not belong here: the facts (facts.py), the look (templates/).
Names of files and columns come from the sender and may hold anything, so every value is escaped and shown without control characters.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.reports.facts import DeliveryReport, Finding
from orchestration.reports.verdict import day, rows, sentence

TEMPLATES = Path(__file__).parent / "templates"
# Control characters, and marks that turn the direction of the text around them.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def as_html(report: DeliveryReport, *, fingerprint: str = "") -> str:
    """`fingerprint` is kept in the page, so that a page that would come out the same need not be made again."""
    return render("delivery.html.j2", report, fingerprint)


def render(template: str, report: Any, fingerprint: str = "") -> str:
    """A page of this package's look."""
    return _environment().get_template(template).render(report=report, fingerprint=fingerprint)


def shown(value: Any) -> Any:
    """Text without unshowable characters; what a macro of the template has put together is made of such text already."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) and not isinstance(value, Markup) else value


def places(finding: Finding) -> str:
    """'lines 3, 7 and 9 and 14 more'; '' where the whole file is meant."""
    if not finding.lines:
        return ""
    unit = finding.unit if finding.places == 1 else f"{finding.unit}s"
    listed = [f"{line:,}" for line in finding.lines]
    left = finding.places - len(listed)
    if left > 0:
        return f"{unit} {', '.join(listed)} and {left:,} more"
    return f"{unit} {listed[0] if len(listed) == 1 else ', '.join(listed[:-1]) + ' and ' + listed[-1]}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    environment.filters.update(day=day, rows=rows, places=places, sentence=sentence, number="{:,}".format)
    return environment
