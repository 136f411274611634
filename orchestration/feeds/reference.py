"""The reference page of the feeds, written from their declaration: `python -m orchestration.feeds.reference > docs/feeds.md`.

Does not belong here: prose about contracts (docs/contracts.md).
"""

import sys

from orchestration.feeds.catalogue import FEEDS
from orchestration.feeds.codes import CODE_LISTS
from orchestration.feeds.model import Column, Feed

_INTRO = """\
# Feeds

The hub's own input tables. Every source maps into these and nothing else; a contract says how (see [contracts](contracts.md)).
This page is generated from `orchestration/feeds/`; run `make docs` after a change there.

**Key** columns tell rows of one source apart. **Person** columns hold names, birth dates, addresses or ids of children: they stand in
`raw`, `staging` and `identity` only.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_INTRO, *(_feed(feed) for feed in FEEDS.values()), "## Standard codes\n"]
    parts += [f"- `{name}`: {', '.join(f'`{code}`' for code in codes)}" for name, codes in CODE_LISTS.items()]
    return "\n".join(parts) + "\n"


def _feed(feed: Feed) -> str:
    head = f"## {feed.name}\n\nOne row = {feed.grain}.\n\n| column | type | rules | stands for |\n| --- | --- | --- | --- |\n"
    return head + "".join(f"| `{column.name}` | {column.type} | {_rules(column)} | {column.element} |\n" for column in feed.columns)


def _rules(column: Column) -> str:
    rules = [name for name, held in (("required", column.required), ("key", column.key), ("person", column.person)) if held]
    return ", ".join([*rules, f"codes `{column.codes}`"] if column.codes else rules)


if __name__ == "__main__":
    sys.stdout.write(page())
