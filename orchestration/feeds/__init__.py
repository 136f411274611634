"""The hub's own input tables: the one contract every source must meet, whatever its files look like.

Belongs here: names, types, keys, standard codes and the CEDS / Ed-Fi element of every feed column.
Does not belong here: how a source's files look (contracts) or what is made of the rows (dbt).
"""

from orchestration.feeds.catalogue import FEEDS
from orchestration.feeds.codes import CODE_LISTS
from orchestration.feeds.model import Column, ColumnType, Feed

__all__ = ["CODE_LISTS", "FEEDS", "Column", "ColumnType", "Feed"]
