"""A night scores exactly the pairs, with exactly the weights, that scoring everything anew finds for its records; and leaves nothing behind.

Does not belong here: what follows from a pair (test_identity_evidence.py).
"""

import duckdb
import pytest

from orchestration.identity import records, score
from orchestration.identity.artefact import DEFAULT_MODEL
from orchestration.identity.blocking import BLOCKING_RULES, join_conditions
from orchestration.identity.model import Model
from tests.linkage.families import make_families


@pytest.fixture(scope="module", params=[":memory:", "file"])
def scored(request, tmp_path_factory):
    """Tables every_pair and new_pair, of a town with five times the usual noise of which a third of the records is new."""
    folder = tmp_path_factory.mktemp("scored")
    con = duckdb.connect(":memory:" if request.param == ":memory:" else str(folder / "town.duckdb"), config={"threads": 2})
    make_families(con, children=600, seed=5, noise=5)
    records.create_records(con, "family_row", "rec")
    con.execute("CREATE TEMP TABLE late AS FROM rec WHERE record_id % 3 = 0")
    score.frequencies(con, "rec", "frequency")
    scorer = score.Scorer(con, Model.load(DEFAULT_MODEL), "frequency")
    scorer.all_pairs("rec", "every_pair")
    scorer.new_pairs("late", "rec", "new_pair")
    yield con, folder
    con.close()


def test_a_night_finds_the_pairs_of_a_rebuild(scored):
    con, _ = scored
    columns = "least(a, b) AS a, greatest(a, b) AS b, round(weight, 9) AS weight, * EXCLUDE (a, b, roster_a, roster_b, weight)"
    of_late = "WHERE a IN (SELECT record_id FROM late) OR b IN (SELECT record_id FROM late)"
    expected = con.execute(f"SELECT {columns} FROM every_pair {of_late} ORDER BY ALL").fetchall()
    assert len(expected) > 500
    assert con.execute(f"SELECT {columns} FROM new_pair ORDER BY ALL").fetchall() == expected


def test_rules_find_the_same_pairs_whichever_record_comes_first(scored):
    con, _ = scored
    for rule in BLOCKING_RULES:
        pairs = f"SELECT l.record_id, r.record_id FROM rec AS l JOIN rec AS r ON {rule}"
        mirrored = " UNION ".join(f"SELECT r.record_id, l.record_id FROM rec AS l JOIN rec AS r ON {other}" for other in BLOCKING_RULES)
        assert con.execute(f"SELECT count(*) FROM ({pairs} EXCEPT ({mirrored}))").fetchone() == (0,), rule


def test_fewer_joins_ask_the_same_rules(scored):
    con, _ = scored

    def found(rules):
        return con.execute(
            " UNION ".join(f"SELECT l.record_id, r.record_id FROM rec AS l JOIN rec AS r ON {rule}" for rule in rules) + " ORDER BY ALL"
        ).fetchall()

    assert len(join_conditions()) < len(BLOCKING_RULES)
    assert found(join_conditions()) == found(BLOCKING_RULES)


def test_splinks_steps_are_gone_afterwards(scored):
    con, folder = scored
    made = "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views()"
    assert not [name for (name,) in con.execute(made).fetchall() if name.startswith("__splink__df") or "pairs" in name]
    assert not list(folder.glob("*.pairs"))
