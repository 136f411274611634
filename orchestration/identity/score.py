"""Pairs of records with the weight of their agreement, by a frozen model.

Belongs here: blocking and scoring, of all records or only of those that are new. Does not belong here: what follows from a weight
(guard.py).
"""

from dataclasses import dataclass

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from orchestration.identity.blocking import BLOCKING_RULES
from orchestration.identity.comparisons import (
    BIRTH_SUPPORTS,
    COMPARISONS,
    FIRST_CONTRADICTS,
    FIRST_SUPPORTS,
    LAST_SUPPORTS,
)
from orchestration.identity.model import Model, splink_comparison

# Pairs below this weight (bits) are not kept: one chance in a hundred, the review queue begins at one in twenty.
FLOOR_BITS = -6.6

# No full name is taken to be rarer than this: first names and surnames go together more often than chance.
RAREST_NAME = 1e-6

# Splink needs the compared columns of both sides to say, beside the weight, what supports the pair.
_RETAINED = ("roster", "first_name", "preferred_name", "nickname_of", "last_name", "last_parts", "birth", "street", "middle", "sex")
_LEVELS = ", ".join(f"gamma_{comparison.name}::TINYINT AS {comparison.name}_level" for comparison in COMPARISONS)


@dataclass(frozen=True)
class Scorer:
    """A model ready to score; `frequencies` is a table (full_name, tf_full_name), frozen with the model."""

    con: duckdb.DuckDBPyConnection
    model: Model
    frequencies: str

    def all_pairs(self, records: str, target: str) -> None:
        """Create temp table `target` with every blocked pair of `records`."""
        linker, _ = self._linker(records)
        self._keep(linker.inference.predict(threshold_match_weight=FLOOR_BITS).physical_name, target)

    def new_pairs(self, new: str, stored: str, target: str) -> None:
        """Create temp table `target` with the pairs that `new` has within itself and with `stored`; the two share no record."""
        linker, api = self._linker(new)
        fresh = api.register(self.con.table(new))
        known = api.register(self.con.table(stored))
        within = linker.inference.predict_within(fresh, threshold_match_weight=FLOOR_BITS)
        between = linker.inference.predict_between(fresh, known, threshold_match_weight=FLOOR_BITS)
        both = f"(SELECT * FROM {within.physical_name} UNION ALL BY NAME SELECT * FROM {between.physical_name})"
        self._keep(both, target)

    def _linker(self, records: str) -> tuple[Linker, DuckDBAPI]:
        chance = {name: {level: u for level, (_, u) in levels.items()} for name, levels in self.model.weights.items()}
        truth = {name: {level: m for level, (m, _) in levels.items()} for name, levels in self.model.weights.items()}
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=[splink_comparison(c, chance[c.name], truth[c.name]) for c in COMPARISONS],
            blocking_rules_to_generate_predictions=list(BLOCKING_RULES),
            additional_columns_to_retain=list(_RETAINED),
            probability_two_random_records_match=self.model.prior,
            retain_intermediate_calculation_columns=True,
        )
        api = DuckDBAPI(connection=self.con)
        linker = Linker(api.register(self.con.table(records)), settings)
        linker.table_management.register_term_frequency_lookup(api.register(self.con.table(self.frequencies)), "full_name")
        return linker, api

    def _keep(self, scored: str, target: str) -> None:
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {target} AS
            SELECT record_id_l AS a, record_id_r AS b, roster_l AS roster_a, roster_r AS roster_b, match_weight AS weight, {_LEVELS},
                {FIRST_SUPPORTS} AS first_supports, ({FIRST_CONTRADICTS}) AS first_contradicts, {BIRTH_SUPPORTS} AS birth_supports,
                {LAST_SUPPORTS} AS last_supports, coalesce(last_name_l = last_name_r, false) AS last_equal,
                first_name_l IS NULL OR first_name_r IS NULL AS first_missing, birth_l IS NULL OR birth_r IS NULL AS birth_missing
            FROM {scored}"""
        )


def frequencies(con: duckdb.DuckDBPyConnection, records: str, target: str) -> None:
    """Create table `target`(full_name, tf_full_name): how likely another child bears the same full name.

    Counted are only second bearers within one roster: across rosters the same name is mostly the same child, and counting it would
    make every linked child's name look common. To that comes what first name and surname make likely by themselves.
    """
    con.execute(
        f"""CREATE OR REPLACE TABLE {target} AS
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
