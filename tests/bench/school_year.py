"""One invented district's school year as it would land: a roster and a daily register with one row per child and day.

Does not belong here: dirt of every kind (the demo region has it); a large file has bad rows of the four kinds that cost most to split off.
"""

import shutil
from pathlib import Path

import duckdb

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm district, one school year of daily attendance
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: district-elm, name: Elm School District, type: district, community: elmville}
  - property: terms
    value: {agreement: bench}
  - property: student_ids
    value: {local: {}}
  - property: attendance
    value: {register: positive, silence: unknown}
schema:
  - name: students
    physicalName: students.csv
    customProperties: [{property: feed, value: student}]
    properties:
      - {name: student_id, physicalName: student_id}
      - {name: sex, physicalName: sex, customProperties: [{property: codes, value: {F: female, M: male}}]}
      - name: race_ethnicity
        physicalName: race
        customProperties: [{property: codes, value: {H: hispanic, W: white, B: black, A: asian}}]
  - name: attendance
    physicalName: attendance.csv
    customProperties: [{property: feed, value: attendance}]
    properties:
      - {name: student_id, physicalName: student_id}
      - {name: school_id, physicalName: school_id}
      - {name: attendance_date, physicalName: date}
      - name: attendance_status
        physicalName: code
        customProperties: [{property: codes, value: {P: present, A: absent_unexcused, T: tardy}}]
"""
DAYS = 180


def land(landing: Path, rows: int) -> Path:
    """Write the contract and one delivery of about `rows` marks; returns the delivery's folder."""
    (landing / "contracts").mkdir(parents=True)
    (landing / "contracts" / "elm.yaml").write_text(CONTRACT)
    folder = landing / "inbox" / "elm" / "2024-06-30"
    folder.mkdir(parents=True)
    students = rows // DAYS
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (SELECT 's' || n AS student_id, CASE hash(n) % 2 WHEN 0 THEN 'F' ELSE 'M' END AS sex,
                ['H', 'W', 'B', 'A'][(1 + hash(n + 1) % 4)::BIGINT] AS race FROM range({students}) t(n)) TO '{folder}/students.csv'"""
        )
        # A child misses between 0 and about 30 % of days; weekends carry no marks.
        con.execute(
            f"""COPY (
                WITH day AS (
                    SELECT row_number() OVER (ORDER BY d) AS n, d::DATE AS d FROM range(DATE '2023-08-14', DATE '2024-06-15', INTERVAL 1 DAY) r(d)
                    WHERE dayofweek(d) BETWEEN 1 AND 5 LIMIT {DAYS}
                )
                SELECT 's' || s AS student_id, 'school-' || (s // 500) AS school_id, d AS date,
                    CASE WHEN hash(s * 1000 + day.n) % 1000 < (hash(s) % 31) * 10 THEN 'A' WHEN hash(s + day.n) % 50 = 0 THEN 'T' ELSE 'P' END AS code
                FROM day, range({students}) t(s)
            ) TO '{folder}/attendance.csv'"""
        )
    return folder


def soil(attendance: Path, every: int) -> int:
    """Spoil the register: one row in `every` has no date, one an unknown code, one is repeated, one has lost its last fields.

    Returns how many rows must be rejected.
    """
    clean, bad = attendance.with_suffix(".clean"), attendance.with_suffix(".bad")
    attendance.rename(clean)
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = true")
        con.execute(
            f"""COPY (
                SELECT student_id, school_id, CASE WHEN n % {every} = 1 THEN 'never' ELSE date END AS date,
                    CASE WHEN n % {every} = 2 THEN '??' ELSE code END AS code
                FROM (SELECT row_number() OVER () AS n, * FROM read_csv('{clean}', all_varchar = true))
                UNION ALL
                SELECT * FROM (
                    SELECT * EXCLUDE (n) FROM (SELECT row_number() OVER () AS n, * FROM read_csv('{clean}', all_varchar = true))
                    WHERE n % {every} = 3
                )
            ) TO '{attendance}'"""
        )
        con.execute(
            f"""COPY (SELECT student_id, school_id FROM (SELECT row_number() OVER () AS n, * FROM read_csv('{clean}', all_varchar = true))
                WHERE n % {every} = 4) TO '{bad}' (HEADER false)"""
        )
    rows = sum(1 for _ in bad.open())
    with attendance.open("ab") as target, bad.open("rb") as source:
        shutil.copyfileobj(source, target)
    clean.unlink()
    bad.unlink()
    return 4 * rows
