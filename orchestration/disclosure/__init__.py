"""Disclosure control: what a published row may show.

Belongs here: the rules as data (rules.py) and the SQL that applies them (protect.py).
Does not belong here: which tables are published (publishing/tables.py) or the audit of the outcome (expectations/).
"""

from orchestration.disclosure.protect import KEY, PUBLIC_COLUMNS, SOURCE_COLUMNS, protect
from orchestration.disclosure.rules import RULES, CodingTier, Rules

__all__ = ["KEY", "PUBLIC_COLUMNS", "RULES", "SOURCE_COLUMNS", "CodingTier", "Rules", "protect"]
