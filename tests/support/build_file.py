"""A small build file with the tables that publishing reads, as dbt would leave them.

Belongs here: invented schools and figures, and a planted name in staging. Does not belong here: expectations about them.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.publishing.tables import MEASURE, MEASURE_VARIANT, UNIT

PLANTED_NAME = "Zebedee Quillfeather"

INDICATOR_COLUMNS = """
    measure_id VARCHAR, variant_id VARCHAR, source_kind VARCHAR, unit_type VARCHAR, unit_id VARCHAR, unit_name VARCHAR,
    school_year INTEGER, student_group VARCHAR, numerator DOUBLE, denominator DOUBLE, value DOUBLE, ci_low DOUBLE,
    ci_high DOUBLE, comparability VARCHAR, period_status VARCHAR, break_in_series BOOLEAN, coverage DOUBLE,
    person_count BIGINT, value_kind VARCHAR, excluded_count BIGINT, publisher_marker VARCHAR, party_id VARCHAR"""

# dbt writes views with the catalog's name; one stands on another view, one reads a schema that is not for analysts.
_CORE = f"""
    CREATE TABLE staging.stg_student AS SELECT '{PLANTED_NAME}' AS last_name, 'd1' AS party_id;
    CREATE TABLE core.dim_person AS SELECT 'p' || i AS person_id, '44101' AS zip FROM range(50) t(i);
    COMMENT ON TABLE core.dim_person IS 'one row per child';
    COMMENT ON COLUMN core.dim_person.zip IS 'home';
    CREATE TABLE core.fct_attendance AS
        SELECT 'p' || i AS person_id, CAST(0.5 AS DECIMAL(5, 4)) AS absence_fraction FROM range(50) t(i);
    CREATE TABLE core.fct_attendance_year AS
        SELECT
            'p' || i AS person_id, 'calendar' AS basis, CAST(170 AS DECIMAL(9, 4)) AS days_enrolled, CAST(i AS DECIMAL(9, 4)) AS days_absent
        FROM range(50) t(i);
    CREATE VIEW "warehouse"."core"."attendance_day" AS
        SELECT y.person_id, a.absence_fraction
        FROM "warehouse"."core"."fct_attendance_year" AS y LEFT JOIN warehouse.core.fct_attendance AS a USING (person_id);
    CREATE VIEW core.absent_day AS SELECT * FROM "warehouse"."core"."attendance_day" WHERE absence_fraction > 0;
    CREATE VIEW core.party AS SELECT DISTINCT party_id FROM warehouse.staging.stg_student;
    COMMENT ON VIEW core.attendance_day IS 'child by day';
    CREATE TABLE identity_quality.night AS SELECT
        i AS run, 0.0 AS merged_share, 0.0 AS split_share, 0.05 AS most_merged_share, 0.02 AS most_split_share,
        i = 2 AS is_last, FALSE AS is_checked FROM range(1, 3) t(i);
    CREATE TABLE measures.chronic_absence_rate AS SELECT 'p' || i AS person_id, 1 AS denominator FROM range(50) t(i);
"""

_CATALOGUE = """
    INSERT INTO marts.measure (measure_id, code, name, measure_type, question, decision) VALUES
        ('chronic_absence_rate', 'SC12', 'Chronic absence', 'shared', 'who is away?', 'whom to visit'),
        ('attendance_rate', 'SC13', 'Attendance', 'shared', 'how full?', 'where to look'),
        ('graduation_rate', 'SC06', 'Graduation', 'shared', 'who finishes?', 'whom to help');
    COMMENT ON COLUMN marts.measure.name IS 'name, as the build says';
    ALTER TABLE marts.measure_variant ALTER n_min TYPE INTEGER;
    INSERT INTO marts.measure_variant (measure_id, variant_id, source_kind, variant_name, authority, value_kind, n_min) VALUES
        ('chronic_absence_rate', 'HUB', 'computed', 'hub', 'hub', 'proportion', 10),
        ('attendance_rate', 'HUB', 'computed', 'hub', 'hub', 'ratio', 5),
        ('graduation_rate', 'STATE', 'publisher', 'state', 'state', 'proportion', NULL);
    INSERT INTO marts.unit SELECT 'school', 's' || i, 'School ' || i, NULL, NULL FROM range(40) t(i);
    CREATE TABLE marts.source_status AS SELECT
        'd1-sis' AS source, 'd1' AS party_id, 'District One' AS party_name, 'district' AS party_type,
        DATE '2024-09-01' AS last_received_on, DATE '2024-08-31' AS as_of, 2 AS deliveries, 1000 AS rows_read,
        990 AS rows_accepted, 10 AS rows_rejected, 0.99 AS usable_share, FALSE AS is_late, NULL::VARCHAR AS attribution;
"""

# unit, numerator, denominator, persons, kind: shown, few, few left, few persons, extreme, ratio, ratio of few, no children.
_FIGURES = """
    INSERT INTO marts.indicator
    SELECT
        CASE WHEN kind = 'ratio' THEN 'attendance_rate' ELSE 'chronic_absence_rate' END, 'HUB', 'computed', 'school', unit_id,
        'School', 2024, 'all', numerator, denominator, numerator / denominator,
        CASE WHEN kind = 'proportion' THEN numerator / denominator - 0.005 END,
        CASE WHEN kind = 'proportion' THEN numerator / denominator + 0.005 END,
        'A', 'final', FALSE, 0.973, persons, kind, 3, NULL, NULL
    FROM (VALUES
        ('s0', 30, 200, 200, 'proportion'), ('s1', 9, 200, 200, 'proportion'), ('s2', 191, 200, 200, 'proportion'),
        ('s3', 4, 8, 8, 'proportion'), ('s4', 12, 1500, 1500, 'proportion'), ('s5', 17000.5, 18000, 100, 'ratio'),
        ('s6', 900, 1000, 6, 'ratio'), ('s7', NULL, 0, 0, 'proportion')
    ) AS figures (unit_id, numerator, denominator, persons, kind);
    INSERT INTO marts.indicator (
        measure_id, variant_id, source_kind, unit_type, unit_id, school_year, student_group, numerator, denominator, value,
        comparability, value_kind, publisher_marker
    ) VALUES
        ('graduation_rate', 'STATE', 'publisher', 'school', 's0', 2024, 'all', 4, 5, 0.8, 'C', 'proportion', NULL),
        ('graduation_rate', 'STATE', 'publisher', 'school', 's1', 2024, 'all', NULL, NULL, NULL, 'C', 'proportion', '*');
"""

_EXTRA_FIGURES = """
    INSERT INTO marts.indicator
    SELECT
        'chronic_absence_rate', 'HUB', 'computed', 'school', 's' || (20 + i % 20), 'School', 1990 + (i // 20) % 30,
        'group_' || (i // 600), 20, 100, 0.2, 0.15, 0.25, 'A', 'final', FALSE, 1, 100, 'proportion', 0, NULL, NULL
    FROM range(?) t(i)
"""


def _text(columns: Iterable[str]) -> str:
    return ", ".join(f"{c} VARCHAR" for c in columns)


def make_build(folder: Path, extra_figures: int = 0) -> Path:
    path = folder / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        for schema in ("staging", "core", "measures", "marts", "identity_quality"):
            con.execute(f"CREATE SCHEMA {schema}")
        con.execute(_CORE)
        con.execute(f"CREATE TABLE marts.measure ({_text(MEASURE.columns)}, internal_note VARCHAR)")
        con.execute(f"CREATE TABLE marts.measure_variant ({_text(MEASURE_VARIANT.columns)})")
        con.execute(f"CREATE TABLE marts.unit ({_text(UNIT.columns)})")
        con.execute(_CATALOGUE)
        con.execute(f"CREATE TABLE marts.indicator ({INDICATOR_COLUMNS})")
        con.execute(_FIGURES)
        con.execute(_EXTRA_FIGURES, [extra_figures])
    return path
