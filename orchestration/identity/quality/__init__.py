"""How good the persons are, as tables of schema identity_quality: counts and person_ids, never a name, a date or an id of a source.

Belongs here: link and queue rates, error rates from the clerical sample, odd files, implausible facts, the gate of a night.
Does not belong here: deciding who is who (the rest of identity).
"""

from collections.abc import Callable

import duckdb

from orchestration.identity.night import Night
from orchestration.identity.quality.estimate import write_estimates
from orchestration.identity.quality.gate import NightLimits, TooManyChangesError, check_night, create_gate_table, nights_sql
from orchestration.identity.quality.groups import find_groups, write_link_rates
from orchestration.identity.quality.implausible import write_implausible
from orchestration.identity.quality.odd_files import write_odd_files
from orchestration.identity.quality.sample import draw_sample
from orchestration.settings import Settings

__all__ = ["NightLimits", "TooManyChangesError", "check_night", "draw_sample", "night_checks", "refresh_quality"]


def night_checks(settings: Settings) -> Callable[[duckdb.DuckDBPyConnection, Night], None]:
    """What refresh_identity runs before it commits: the gate, then the tables. Raises TooManyChangesError."""
    limits = NightLimits(settings.identity_max_merged_share, settings.identity_max_split_share, settings.identity_accept_changes)

    def checks(con: duckdb.DuckDBPyConnection, night: Night) -> None:
        check_night(con, night.run, limits)
        refresh_quality(con, limits)

    return checks


def refresh_quality(con: duckdb.DuckDBPyConnection, limits: NightLimits) -> None:
    """Make the tables of schema identity_quality anew, after a night. The caller owns the transaction."""
    con.execute("CREATE SCHEMA IF NOT EXISTS identity_quality")
    find_groups(con, "record_group")
    write_link_rates(con, "record_group")
    write_estimates(con, "record_group")
    write_odd_files(con)
    write_implausible(con)
    _write_nights(con, limits)


def _write_nights(con: duckdb.DuckDBPyConnection, limits: NightLimits) -> None:
    create_gate_table(con)
    con.execute(
        f"""CREATE OR REPLACE TABLE identity_quality.night AS
        SELECT *, merged / greatest(persons_before, 1) AS merged_share, split / greatest(persons_before, 1) AS split_share,
            {limits.merged}::DOUBLE AS most_merged_share, {limits.split}::DOUBLE AS most_split_share,
            run = max(run) OVER () AS is_last, run IN (SELECT run FROM identity.run_checked) AS is_checked
        FROM ({nights_sql()}) ORDER BY run"""
    )
    con.execute(
        "COMMENT ON TABLE identity_quality.night IS 'One row per night that compared records: what became of the persons, and the limits "
        "as they are set today; is_checked: it kept within them when it was made, or somebody has looked at it.'"
    )
