"""Generated families: children of households, in several rosters, each with errors of its own; the truth aside.

Belongs here: siblings, twins, nicknames, moves, changed and two-part surnames, and the errors of real files at rates that can be scaled.
Does not belong here: linking or judging. Names by their frequency in the census of 1990 (package names). All of it is SQL over hashes
of a seed, so a million children take seconds.
"""

from dataclasses import dataclass
from importlib.resources import files

import duckdb

_STREETS = (  # the commonest; the others are surnames
    "Oak", "Maple", "Cedar", "Pine", "Elm", "Washington", "Lake", "Hill", "Walnut", "Spring", "North", "Ridge", "Church", "Willow", "Meadow",
    "Forest", "Highland", "Park", "River", "Sunset",
)  # fmt: skip
_TYPES = ("Street", "St", "Avenue", "Ave", "Road", "Drive", "Court", "Lane")


@dataclass(frozen=True)
class Rates:
    """Chance of each error in one record, before the noise factor."""

    first_typo: float = 0.015
    first_nickname: float = 0.03
    first_missing: float = 0.003
    last_typo: float = 0.015
    last_changed: float = 0.015
    last_part_dropped: float = 0.25
    names_swapped: float = 0.002
    birth_missing: float = 0.004
    birth_swapped: float = 0.003
    birth_typo: float = 0.008
    sex_missing: float = 0.01
    sex_wrong: float = 0.002
    middle_missing: float = 0.3
    middle_wrong: float = 0.01
    address_missing: float = 0.03
    moved: float = 0.08
    street_typo: float = 0.03
    zip_wrong: float = 0.01
    sibling_name: float = 0.001


def make_families(
    con: duckdb.DuckDBPyConnection, *, children: int, seed: int, rosters: tuple[str, ...] = ("north", "south"),
    coverage: float = 1.0, noise: float = 1.0, rates: Rates = Rates(),
) -> None:  # fmt: skip
    """Create tables family_row (what create_records reads, plus `child` and `household`) and child."""
    _name_tables(con)
    con.execute(f"CREATE OR REPLACE MACRO chance(a, salt) AS (hash(a, salt, {seed}) >> 12)::DOUBLE / pow(2, 52)")
    con.execute("CREATE OR REPLACE MACRO place(a, salt, size) AS 1 + floor(chance(a, salt) * size)::INT")
    con.execute(
        """CREATE OR REPLACE MACRO typed(word, a, salt) AS CASE place(a, salt || 'kind', 3)
            WHEN 1 THEN word[:place(a, salt, length(word)) - 1] || chr(96 + place(a, salt || 'letter', 26)) || word[place(a, salt, length(word)) + 1:]
            WHEN 2 THEN word[:place(a, salt, length(word)) - 1] || word[place(a, salt, length(word)) + 1:]
            ELSE word[:place(a, salt, length(word)) - 1] || word[place(a, salt, length(word)) + 1] || word[place(a, salt, length(word))]
                || word[place(a, salt, length(word)) + 2:] END"""
    )
    _households(con, children)
    _children(con, children)
    _rows(con, rosters, coverage, {name: min(value * noise, 0.9) for name, value in vars(rates).items()})


def _name_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Each name with the share of people whose name comes before it in the list, so that a number in 0-1 picks a name."""
    for table, file in (("last", "dist.all.last"), ("female", "dist.female.first"), ("male", "dist.male.first")):
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE name_{table} AS
            SELECT name, (sum(share) OVER (ORDER BY place) - share) / sum(share) OVER () AS since FROM (
                SELECT lower(split_part(line, ' ', 1)) AS name, regexp_extract(line, '^[A-Z]+ +([0-9.]+)', 1)::DOUBLE + 0.0002 AS share, row_number() OVER () AS place
                FROM read_csv('{files("names") / file}', columns = {{'line': 'VARCHAR'}}, delim = '|', header = false))"""
        )
    from nicknames import name_triplets

    con.execute("CREATE OR REPLACE TEMP TABLE short_name (name VARCHAR, short VARCHAR)")
    pairs = {}
    for name, _, short in name_triplets():
        pairs.setdefault(name, short)
    con.execute(
        "INSERT INTO short_name SELECT unnest($names::VARCHAR[]), unnest($shorts::VARCHAR[])",
        {"names": list(pairs), "shorts": list(pairs.values())},
    )


def _households(con: duckdb.DuckDBPyConnection, children: int) -> None:
    """One row per household; a city per 20,000 children, a ZIP per 4,000; one surname in ten has two parts."""
    streets = ", ".join(f"'{street}'" for street in _STREETS)
    types = ", ".join(f"'{kind}'" for kind in _TYPES)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE household AS
        SELECT h, x.name AS last_one, CASE WHEN chance(h, 'two') < 0.1 THEN y.name END AS last_two,
            (place(h, 'number', 900) || ' ' || CASE WHEN chance(h, 'plain') < 0.3 THEN [{streets}][place(h, 'street', {len(_STREETS)})]
                ELSE upper(z.name[1]) || z.name[2:] END || ' ' || [{types}][place(h, 'type', {len(_TYPES)})]) AS street_address,
            z.zip, md5((z.zip_number // 5)::VARCHAR)[:7] || 'ville' AS city
        FROM (SELECT range AS h, chance(range, 'last') AS one, chance(range, 'second') AS two FROM range({children}))
        ASOF JOIN name_last AS x ON one >= x.since
        ASOF JOIN name_last AS y ON two >= y.since
        JOIN (SELECT range AS h2, chance(range, 'road') AS three, floor(chance(range, 'zip') * greatest(1, {children} // 4000))::INT AS zip_number,
                lpad((10000 + floor(chance(range, 'zip') * greatest(1, {children} // 4000))::INT)::VARCHAR, 5, '0') AS zip,
                n.name FROM range({children}) ASOF JOIN name_last AS n ON chance(range, 'road') >= n.since) AS z ON z.h2 = h"""
    )


def _children(con: duckdb.DuckDBPyConnection, children: int) -> None:
    """One to four children per household, one birth in thirty twins; birth dates over fourteen years."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE child AS
        WITH born AS (
            SELECT h, k, chance(h, 'first birth') * 3650 AS first_born,
                CASE WHEN chance(h * 8 + k, 'twin') < 0.033 AND k > 1 THEN 0 ELSE 330 + chance(h * 8 + k, 'gap') * 1200 END AS gap
            FROM household, range(1, 5) AS t(k)
            WHERE k = 1 OR (k = 2 AND chance(h, 'size') < 0.6) OR (k = 3 AND chance(h, 'size') < 0.22) OR (k = 4 AND chance(h, 'size') < 0.07)
        ), dated AS (
            SELECT h, k, h * 8 + k AS c, DATE '2003-01-01' + (first_born + sum(CASE WHEN k = 1 THEN 0 ELSE gap END)
                OVER (PARTITION BY h ORDER BY k))::INT AS birth_date, chance(h * 8 + k, 'sex') < 0.5 AS girl, chance(h * 8 + k, 'first') AS f
            FROM born ORDER BY h, k LIMIT {children}
        )
        SELECT c AS child, h AS household, birth_date, name AS first_name, CASE WHEN girl THEN 'female' ELSE 'male' END AS sex,
            chr(65 + floor(26 * pow(chance(c, 'middle'), 1.3))::INT) AS middle
        FROM (SELECT * FROM dated WHERE girl) ASOF JOIN name_female AS n ON f >= n.since
        UNION ALL SELECT c, h, birth_date, name, 'male', chr(65 + floor(26 * pow(chance(c, 'middle'), 1.3))::INT)
        FROM (SELECT * FROM dated WHERE NOT girl) ASOF JOIN name_male AS n ON f >= n.since"""
    )


def _rows(con: duckdb.DuckDBPyConnection, rosters: tuple[str, ...], coverage: float, r: dict[str, float]) -> None:
    """One row per child and roster it is in. `e` numbers child and roster, so that each roster errs by itself."""
    named = ", ".join(f"({number}, '{roster}')" for number, roster in enumerate(rosters))
    con.execute(
        f"""CREATE OR REPLACE TABLE family_row AS
        WITH told AS (
            SELECT c.*, roster, c.child * 16 + number AS e, place(c.child * 16 + number, 'new home', (SELECT count(*) FROM household)) - 1 AS other_home
            FROM child AS c, (VALUES {named}) AS t(number, roster) WHERE chance(c.child * 16 + number, 'here') < {coverage}
        ), erred AS (
            SELECT t.child, t.household, t.roster, t.e,
                CASE WHEN chance(e, 'first gone') < {r["first_missing"]} THEN NULL
                    WHEN chance(e, 'sibling') < {r["sibling_name"]} THEN coalesce(s.first_name, t.first_name)
                    WHEN chance(e, 'short') < {r["first_nickname"]} THEN coalesce(n.short, t.first_name)
                    WHEN chance(e, 'first typo') < {r["first_typo"]} THEN typed(t.first_name, e, 'first') ELSE t.first_name END AS first_name,
                CASE WHEN chance(e, 'changed') < {r["last_changed"]} THEN other_house.last_one
                    WHEN house.last_two IS NOT NULL AND chance(e, 'part') < {r["last_part_dropped"]} THEN house.last_one
                    WHEN chance(e, 'last typo') < {r["last_typo"]} THEN typed(house.last_one, e, 'last') || coalesce('-' || house.last_two, '')
                    ELSE house.last_one || coalesce('-' || house.last_two, '') END AS last_name,
                CASE WHEN chance(e, 'middle gone') < {r["middle_missing"]} THEN NULL
                    WHEN chance(e, 'middle wrong') < {r["middle_wrong"]} THEN chr(64 + place(e, 'middle', 26)) ELSE t.middle END AS middle_name,
                CASE WHEN chance(e, 'birth gone') < {r["birth_missing"]} THEN NULL
                    WHEN chance(e, 'birth swapped') < {r["birth_swapped"]}
                        THEN coalesce(try_cast(strftime(t.birth_date, '%Y-%d-%m') AS DATE), t.birth_date)
                    WHEN chance(e, 'birth typo') < {r["birth_typo"]} THEN CASE place(e, 'which', 3)
                        WHEN 1 THEN t.birth_date - INTERVAL 1 YEAR WHEN 2 THEN t.birth_date + INTERVAL 1 MONTH
                        ELSE t.birth_date + to_days(place(e, 'days', 9)) END ELSE t.birth_date END::DATE AS birth_date,
                CASE WHEN chance(e, 'sex gone') < {r["sex_missing"]} THEN NULL
                    WHEN chance(e, 'sex wrong') < {r["sex_wrong"]} THEN CASE t.sex WHEN 'male' THEN 'female' ELSE 'male' END ELSE t.sex END AS sex,
                CASE WHEN chance(e, 'away') < {r["moved"]} THEN other_house ELSE house END AS home,
                year(t.birth_date) + (month(t.birth_date) > 8)::INT AS cohort
            FROM told AS t JOIN household AS house ON t.household = house.h JOIN household AS other_house ON other_house.h = t.other_home
            LEFT JOIN short_name AS n ON n.name = t.first_name
            LEFT JOIN child AS s ON s.household = t.household AND s.child = CASE WHEN t.child % 8 = 1 THEN t.child + 1 ELSE t.child - 1 END
        )
        SELECT roster AS source, roster AS student_id_issuer, 'local' AS student_id_system, e::VARCHAR AS student_id, roster AS party_id,
            CASE WHEN chance(e, 'swapped') < {r["names_swapped"]} THEN last_name ELSE first_name END AS first_name, NULL::VARCHAR AS preferred_name,
            middle_name, CASE WHEN chance(e, 'swapped') < {r["names_swapped"]} THEN first_name ELSE last_name END AS last_name, birth_date, sex,
            CASE WHEN chance(e, 'no address') < {r["address_missing"]} THEN NULL
                WHEN chance(e, 'street typo') < {r["street_typo"]} THEN typed(home.street_address, e, 'street') ELSE home.street_address END AS street_address,
            home.city AS city, CASE WHEN chance(e, 'zip') < {r["zip_wrong"]} THEN (10000 + place(e, 'zip', 80000))::VARCHAR ELSE home.zip END AS zip,
            cohort, home.zip || '/' || (cohort - 2003) // 5 AS school, child, household
        FROM erred"""
    )
