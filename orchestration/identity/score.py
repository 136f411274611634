"""Pairs of records with the weight of their agreement, by a frozen model.

Belongs here: blocking and scoring, of all records or only of those that are new. Does not belong here: what follows from a weight
(guard.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from orchestration.identity.blocking import BLOCKING_RULES, join_conditions
from orchestration.identity.comparisons import (
    BIRTH_SUPPORTS,
    COMPARISONS,
    FIRST_CONTRADICTS,
    FIRST_SUPPORTS,
    LAST_SUPPORTS,
    sides,
)
from orchestration.identity.model import Model, trained_comparisons
from orchestration.identity.records import COMPARED
from orchestration.identity.scratch import splink_api

# Pairs below this weight (bits) are not kept: one chance in a hundred, the review queue begins at one in twenty.
FLOOR_BITS = -6.6

# No full name is taken to be rarer than this: first names and surnames go together more often than chance.
RAREST_NAME = 1e-6

_LEVELS = ", ".join(f"({comparison.case()})::TINYINT AS {comparison.name}_level" for comparison in COMPARISONS)


@dataclass(frozen=True)
class Scorer:
    """A model ready to score; `frequencies` is a table (full_name, tf_full_name), frozen with the model."""

    con: duckdb.DuckDBPyConnection
    model: Model
    frequencies: str

    def all_pairs(self, records: str, target: str) -> None:
        """Create temp table `target` with every blocked pair of `records`."""
        with splink_api(self.con) as api:
            scored = self._linker(api, records, self.frequencies).inference.predict(threshold_match_weight=FLOOR_BITS)
            self._keep(scored.physical_name, records, target)

    def new_pairs(self, new: str, records: str, target: str) -> None:
        """Create temp table `target` with the blocked pairs of `records` in which a record of `new` stands; `new` is part of `records`.

        Splink carries every record it is given through each of its steps. So the pairs are found here, by the same rules, and it gets
        these and the records that stand in them.
        """
        pairs = f"SELECT l.record_id AS a, r.record_id AS b FROM {new} AS l JOIN {records} AS r ON"
        found = " UNION ALL ".join(f"{pairs} {rule}" for rule in join_conditions())
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE blocked AS
            SELECT DISTINCT '0' AS match_key, least(a, b) AS join_key_l, greatest(a, b) AS join_key_r FROM ({found}) WHERE a <> b"""
        )
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE paired AS
            SELECT {", ".join(COMPARED)} FROM {records}
            WHERE record_id IN (SELECT join_key_l FROM blocked UNION SELECT join_key_r FROM blocked)"""
        )
        named = f"SELECT * FROM {self.frequencies} SEMI JOIN paired USING (full_name)"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE paired_frequency AS {named}")
        with splink_api(self.con) as api:
            linker = self._linker(api, "paired", "paired_frequency", ["l.record_id = r.record_id"])
            registered = linker.table_management.register_blocked_pairs_for_predict(api.register(self.con.table("blocked")))
            # Splink would look for the records of these pairs once more.
            registered.metadata["registered_for_predict"] = False
            self._keep(linker.inference.predict(threshold_match_weight=FLOOR_BITS).physical_name, "paired", target)

    def _linker(self, api: DuckDBAPI, records: str, frequencies: str, rules: Sequence[Any] = BLOCKING_RULES) -> Linker:
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=[*trained_comparisons(self.model)],
            blocking_rules_to_generate_predictions=list(rules),
            probability_two_random_records_match=self.model.prior,
            retain_matching_columns=False,
        )
        linker = Linker(api.register(self.con.table(records)), settings, validate_settings=False)
        linker.table_management.register_term_frequency_lookup(api.register(self.con.table(frequencies)), "full_name")
        return linker

    def _keep(self, scored: str, records: str, target: str) -> None:
        """What supports each pair is asked of the few that are kept: carried through Splink, it would cost as much as all scoring."""
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {target} AS
            SELECT l.record_id AS a, r.record_id AS b, l.roster AS roster_a, r.roster AS roster_b, match_weight AS weight, {_LEVELS},
                {sides(FIRST_SUPPORTS)} AS first_supports, ({sides(FIRST_CONTRADICTS)}) AS first_contradicts,
                {sides(BIRTH_SUPPORTS)} AS birth_supports, {sides(LAST_SUPPORTS)} AS last_supports,
                coalesce(l.last_name = r.last_name, false) AS last_equal,
                l.first_name IS NULL OR r.first_name IS NULL AS first_missing, l.birth IS NULL OR r.birth IS NULL AS birth_missing
            FROM {scored} JOIN {records} AS l ON l.record_id = record_id_l JOIN {records} AS r ON r.record_id = record_id_r"""
        )


def frequencies(con: duckdb.DuckDBPyConnection, records: str, target: str) -> None:
    """Create temp table `target`(full_name, tf_full_name): how likely another child bears the same full name.

    Counted are only second bearers within one roster: across rosters the same name is mostly the same child, and counting it would
    make every linked child's name look common. To that comes what first name and surname make likely by themselves.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {target} AS
        WITH named AS (SELECT roster, first_name, last_name, full_name FROM {records} WHERE full_name IS NOT NULL),
        first AS (SELECT first_name, count(*) / sum(count(*)) OVER () AS share FROM named GROUP BY first_name),
        last AS (SELECT last_name, count(*) / sum(count(*)) OVER () AS share FROM named GROUP BY last_name),
        whole AS (
            SELECT full_name, any_value(first_name) AS first_name, any_value(last_name) AS last_name,
                (count(*) - count(DISTINCT roster)) / (SELECT count(*) FROM named) AS again FROM named GROUP BY full_name
        )
        SELECT w.full_name, greatest(w.again + f.share * l.share, {RAREST_NAME}) AS tf_full_name
        FROM whole AS w JOIN first AS f USING (first_name) JOIN last AS l USING (last_name)"""
    )
