"""The demo region taken in and linked as a hub does it, and what came of it, counted against the truth that was kept aside.

Belongs here: from files to persons, and the counting. Does not belong here: which figure is enough (test_demo_region.py).
Unlike generated families, the region's rosters lack what real ones lack: state files have no names, partners no ids, some no birth dates.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import duckdb

from orchestration.contracts import load_contracts
from orchestration.demo import Dirt, generate
from orchestration.identity import guard
from orchestration.identity.components import label_components
from orchestration.identity.identify import refresh_identity
from orchestration.identity.review import review_pairs
from orchestration.ingestion import build_ledger, ingest_source
from orchestration.manifest import DBT_EXECUTABLE
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT, Settings, prepare_environment
from orchestration.sql import one_row
from orchestration.warehouse import open_warehouse

CONTRACTS = PROJECT_ROOT / "raw_landing" / "contracts"


@dataclass(frozen=True)
class Found:
    """Pairs are of two records of one true child in two rosters, or of one person in the warehouse. `full` records have first name,
    surname and birth date; `asked_share` is of all records, `named_asked_share` of those with a name, `full_asked_share` of full ones that are
    asked about with a full one.
    A miss is mended when answering the queue rightly joins it, directly or by way of other records."""

    records: int
    true_pairs: int
    linked: int
    full_pairs: int
    full_linked: int
    false: int
    false_unguarded: int
    asked_share: float
    named_asked_share: float
    full_asked_share: float
    misses_mended: float

    @property
    def recall(self) -> float:
        return self.linked / self.true_pairs

    @property
    def full_recall(self) -> float:
        """Over pairs of two full records."""
        return self.full_linked / self.full_pairs

    @property
    def false_share(self) -> float:
        return self.false / (self.linked + self.false)


def link_region(folder: Path, *, children: int, seed: int, noise: float) -> Found:
    """Generate, ingest, stage and identify under `folder`."""
    settings = Settings(landing=folder / "landing", home=folder / "home")
    generate(settings.landing, folder / "truth", children=children, seed=seed, dirt=Dirt().noise(noise))
    contracts = load_contracts(CONTRACTS)
    for contract in contracts.values():
        ingest_source(contract, inbox=settings.inbox, raw_dir=settings.raw_dir)
    with open_warehouse(settings) as con:
        build_ledger(con, settings.raw_dir, contracts)
    _stage(settings)
    with open_warehouse(settings) as con:
        refresh_identity(con, settings.identity_dir)
        return count(con, folder / "truth")


def _stage(settings: Settings) -> None:
    with mock.patch.dict(os.environ):
        prepare_environment(settings)
        done = subprocess.run(
            [DBT_EXECUTABLE, "build", "--project-dir", str(DBT_PROJECT_DIR), "--select", "resource_type:seed", "tag:staging",
             "--exclude-resource-type", "unit_test"],
            capture_output=True, text=True, check=False, cwd=settings.home,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def count(con: duckdb.DuckDBPyConnection, truth: Path) -> Found:
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE known AS
        SELECT r.record_id, r.roster, k.person_id, t.person, r.first_name IS NOT NULL AND r.last_name IS NOT NULL AS named,
            r.first_name IS NOT NULL AND r.last_name IS NOT NULL AND r.birth IS NOT NULL AS is_full
        FROM identity.record AS r JOIN identity.record_link AS k ON r.record_id = k.record_id AND k.valid_to_run IS NULL
        JOIN (SELECT DISTINCT source, student_id_issuer, student_id_system, student_id, person FROM '{truth}/student_id.parquet') AS t
            USING (source, student_id_issuer, student_id_system, student_id)"""
    )
    review_pairs(con, "asked")
    true = "FROM known AS x JOIN known AS y ON x.person = y.person AND x.record_id < y.record_id AND x.roster <> y.roster"
    pairs, linked, full, full_linked = one_row(
        con,
        f"""SELECT count(*), count(*) FILTER (x.person_id = y.person_id), count(*) FILTER (x.is_full AND y.is_full),
            count(*) FILTER (x.is_full AND y.is_full AND x.person_id = y.person_id) {true}""",
    )
    (false,) = one_row(
        con,
        "SELECT count(*) FROM known AS x JOIN known AS y ON x.person_id = y.person_id AND x.record_id < y.record_id AND x.person <> y.person",
    )
    con.execute("CREATE OR REPLACE TEMP TABLE scored AS SELECT * EXCLUDE (verdict, why, rival, kin) FROM identity.pair")
    guard.judge(con, "scored", "unguarded", on=False)
    both = "JOIN known AS x ON p.a = x.record_id JOIN known AS y ON p.b = y.record_id"
    (unguarded,) = one_row(con, f"SELECT count(*) FROM unguarded AS p {both} WHERE verdict = 'link' AND x.person <> y.person")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE asked_record AS
        SELECT a AS record_id, x.is_full AND y.is_full AS is_full FROM asked AS p {both}
        UNION ALL SELECT b, x.is_full AND y.is_full FROM asked AS p {both}"""
    )
    records, share, named_share, full_share = one_row(
        con,
        """SELECT (SELECT count(*) FROM known),
            (SELECT count(DISTINCT record_id) FROM asked_record) / (SELECT count(*) FROM known),
            (SELECT count(DISTINCT record_id) FROM asked_record) / (SELECT count(*) FROM known WHERE named),
            (SELECT count(DISTINCT record_id) FROM asked_record WHERE is_full) / (SELECT count(*) FROM known WHERE is_full)""",
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE answered AS
        SELECT DISTINCT least(x.person_id, y.person_id) AS a, greatest(x.person_id, y.person_id) AS b
        FROM asked AS p {both} WHERE x.person = y.person AND x.person_id <> y.person_id"""
    )
    label_components(con, edges="answered", labels="whole")
    (mended,) = one_row(
        con, f"SELECT count(*) {true} JOIN whole AS v ON v.node = x.person_id JOIN whole AS w ON w.node = y.person_id AND v.label = w.label "
        "WHERE x.person_id <> y.person_id"
    )  # fmt: skip
    return Found(
        records, pairs, linked, full, full_linked, false, unguarded, share, named_share, full_share, mended / max(pairs - linked, 1)
    )
