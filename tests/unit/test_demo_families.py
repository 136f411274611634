"""Families of the demo region and the mistakes in its records: the truth says what is there, and the files show it."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from orchestration.demo import Dirt, generate, mistakes
from orchestration.demo.households import build_households
from orchestration.demo.stock import first_names, plain, surnames

CHILDREN = 2500
KINDS = {
    "nickname", "first_typo", "last_typo", "swapped_names", "part_dropped", "old_surname", "birth_missing", "birth_year_off",
    "birth_day_month_swapped", "birth_digit", "sex_wrong", "sex_missing", "middle_wrong", "address_old", "street_typo", "zip_wrong",
}  # fmt: skip


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("families")
    generate(folder / "landing", folder / "truth", children=CHILDREN)
    return folder


def value(sql: str) -> float:
    row = duckdb.sql(sql).fetchone()
    assert row is not None
    return row[0]


def person(region: Path) -> str:
    return f"'{region}/truth/person.parquet'"


def alder(region: Path, year: int) -> str:
    """Alder's students of one year with the true child; `place` in the file."""
    delivery = f"{region}/landing/inbox/district-alder/{year}-07-10/oneroster_{year - 1}-{year % 100}"
    return _with_truth(region, f"{delivery}/users.csv", "sourcedId", "district-alder")


def _with_truth(region: Path, file: str, key: str, source: str) -> str:
    return f"""(SELECT r.*, t.person
        FROM (SELECT *, row_number() OVER () AS place FROM read_csv('{file}', all_varchar = true, ignore_errors = true)) AS r
        JOIN '{region}/truth/student_id.parquet' AS t ON t.student_id = r."{key}" AND t.source = '{source}' AND t.student_id_issuer = '{source}')"""


def test_families_share_a_surname_mostly_and_never_a_first_name(region: Path) -> None:
    pairs = f"FROM {person(region)} AS x JOIN {person(region)} AS y ON x.household = y.household AND x.person < y.person"
    assert 0.7 < value(f"SELECT avg((x.last_name = y.last_name)::INT) {pairs}") < 0.95
    assert value(f"SELECT count(*) {pairs} WHERE x.first_name = y.first_name") == 0
    assert 0.4 < value(f"SELECT avg((n > 1)::INT) FROM (SELECT count(*) OVER (PARTITION BY household) AS n FROM {person(region)})") < 0.9


def test_twins_are_born_on_one_day_to_one_family(region: Path) -> None:
    twins = f"(SELECT household, count(*) AS n, count(DISTINCT birth_date) AS days FROM {person(region)} WHERE is_twin GROUP BY household)"
    assert value(f"SELECT count(*) FROM {twins}") > CHILDREN / 200
    assert value(f"SELECT count(*) FROM {twins} WHERE n <> 2 * days") == 0


def test_a_family_lives_at_one_address_and_moves_as_one(region: Path) -> None:
    assert value(f"SELECT count(*) FROM (FROM {person(region)} SELECT household GROUP BY 1 HAVING count(DISTINCT moved) > 1)") == 0
    assert 0.1 < value(f"SELECT avg(moved::INT) FROM {person(region)}") < 0.4
    written = f"{region}/landing/inbox/district-alder/2024-07-10/sis/addresses_2023-24.csv"
    wrong = f"SELECT student_id FROM '{region}/truth/record_error.parquet' WHERE error IN ('address_old', 'street_typo')"
    family = f"""(SELECT household, count(DISTINCT STREET) AS streets
        FROM {_with_truth(region, written, "STUDENT_NUMBER", "district-alder")} JOIN {person(region)} USING (person)
        WHERE STUDENT_NUMBER NOT IN ({wrong}) GROUP BY 1 HAVING count(*) > 1)"""
    assert value(f"SELECT avg((streets = 1)::INT) FROM {family}") > 0.97  # a child who left school early may have an address of before
    assert value(f"SELECT count(*) FROM {person(region)} WHERE moved_district") > 0


def test_a_renamed_child_changes_its_surname_in_the_files(region: Path) -> None:
    """The newest file has the new name, an older one the old; a source that has not heard of it keeps the old one."""
    both = f"""FROM {alder(region, 2024)} AS late JOIN {alder(region, 2021)} AS early USING (person)
        JOIN {person(region)} AS p USING (person) WHERE p.second_last_name IS NULL"""
    changed = value(f"SELECT count(*) {both} AND late.familyName <> early.familyName AND p.renamed_on IS NOT NULL")
    kept = value(f"SELECT count(*) {both} AND late.familyName = early.familyName AND p.renamed_on BETWEEN '2021-07-01' AND '2024-06-30'")
    assert changed > kept > 0
    assert value(f"SELECT count(*) {both} AND late.familyName <> early.familyName AND p.renamed_on IS NULL") == 0


def test_rosters_do_not_stand_in_the_order_of_the_truth(region: Path) -> None:
    folder = f"{region}/landing/inbox/partner-open-door/2024-06-30"
    contacts = _with_truth(region, f"{folder}/Contact.csv", "Id", "partner-open-door")
    for roster in (alder(region, 2024), contacts):
        assert value(f"SELECT count(*) FROM {roster}") > 40
        assert abs(value(f"SELECT corr(place, person) FROM {roster}")) < 0.25


def test_every_kind_of_mistake_is_there_and_told_by_record(region: Path) -> None:
    errors = f"'{region}/truth/record_error.parquet'"
    told = {kind for (kind,) in duckdb.sql(f"SELECT DISTINCT error FROM {errors}").fetchall()}
    assert KINDS - told == set()
    known = f"'{region}/truth/student_id.parquet'"
    key = "source, student_id_issuer, student_id_system, student_id"
    assert value(f"SELECT count(*) FROM {errors} ANTI JOIN {known} USING ({key})") == 0


@pytest.mark.parametrize(
    ("column", "truth", "kinds"),
    [
        ("givenName", "first_name", "'nickname', 'sibling_name', 'first_typo', 'first_scanned', 'swapped_names', 'other_script'"),
        ("familyName", "last_name", "'last_typo', 'last_scanned', 'swapped_names', 'other_script'"),
    ],
)
def test_a_name_told_to_be_right_is_right(region: Path, column: str, truth: str, kinds: str) -> None:
    wrong = f"""SELECT person FROM '{region}/truth/record_error.parquet' JOIN '{region}/truth/student_id.parquet'
        USING (source, student_id_issuer, student_id_system, student_id) WHERE source = 'district-alder' AND error IN ({kinds})"""
    told = (
        f"FROM {alder(region, 2024)} AS a JOIN {person(region)} AS p USING (person) WHERE renamed_on IS NULL AND second_last_name IS NULL"
    )
    differs = f"strip_accents(a.{column}) <> strip_accents(p.{truth})"
    assert value(f"SELECT count(*) {told} AND person NOT IN ({wrong}) AND {differs}") == 0
    assert value(f"SELECT count(*) {told} AND person IN ({wrong}) AND {differs}") > 3


def test_noise_makes_mistakes_and_leaves_the_files_whole(tmp_path: Path, region: Path) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", children=CHILDREN, dirt=Dirt().noise(5))
    many, usual = (
        value(f"SELECT count(*) FROM '{folder}/truth/record_error.parquet' WHERE error = 'first_typo'") for folder in (tmp_path, region)
    )
    assert 3.5 < many / usual < 6.5
    assert Dirt().noise(5).ragged_row == Dirt().ragged_row
    assert Dirt().noise(5).part_dropped == pytest.approx(0.75) and Dirt().noise(50).part_dropped == 0.9


def test_without_dirt_no_record_has_a_mistake(tmp_path: Path) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", children=400, dirt=Dirt.none())
    assert value(f"SELECT count(*) FROM '{tmp_path}/truth/record_error.parquet'") == 0


@pytest.mark.parametrize("children", [1, 2, 7])
def test_a_handful_of_children_are_families_too(children: int) -> None:
    homes = build_households(children, 2009, 2025, 1)
    assert len(homes.of) == children and homes.count == len(set(homes.of.tolist()))


def test_names_are_as_common_as_in_the_census() -> None:
    stock = surnames()
    drawn = [stock.names[i] for i in stock.pools["general"].draw(np.random.default_rng(1), 100_000)]
    assert 0.008 < drawn.count("Smith") / len(drawn) < 0.012  # one in a hundred
    assert {"O'Brien", "Hernández", "De la Cruz"} <= set(stock.names)
    girls = first_names().pools["girl"]
    assert first_names().names[int(girls.place[np.argmax(np.diff(girls.until, prepend=0, append=1))])] == "Mary"


def test_a_name_in_another_script_has_a_latin_one() -> None:
    stock = first_names()
    assert stock.native[stock.names.index("Oksana")] == "Оксана"
    assert stock.native[stock.names.index("Mary")] == "Mary"


def test_accents_go_and_letters_stay() -> None:
    assert plain(pa.array(["Muñoz", "Peña", "Оксана", None])).to_pylist() == ["Munoz", "Pena", "Оксана", None]


@pytest.mark.parametrize("name", ["Al", "Bo", "Maria", "O'Neill", "Нгуен"])
def test_a_typing_error_keeps_the_first_letter_and_hits_only_the_masked(name: str) -> None:
    column = pa.array([name] * 200 + ["other"])
    made, changed = mistakes.at(np.array([True] * 200 + [False]), column, mistakes.typed(np.random.default_rng(3)))
    assert all(text[:1] == name[:1] for text in made.to_pylist()[:200])
    assert made.to_pylist()[-1] == "other" and not changed[-1]
    assert [text != name for text in made.to_pylist()[:200]] == changed[:200].tolist()


def test_wrong_dates_are_dates_and_wrong_in_one_way() -> None:
    true = np.array(["2010-05-03", "2012-02-29", "2011-12-31", "2013-07-07"], dtype="datetime64[D]")
    every = np.ones(4, dtype=bool)
    assert mistakes.day_month_swapped(true, every).astype(str).tolist() == ["2010-03-05", "2012-02-29", "2011-12-31", "2013-07-07"]
    rng = np.random.default_rng(1)
    off = mistakes.year_off(true, rng, every)
    assert set(np.abs(off.astype("datetime64[Y]").astype(int) - true.astype("datetime64[Y]").astype(int)).tolist()) <= {0, 1}
    assert (off[[0, 3]] != true[[0, 3]]).all()
    digit = mistakes.digit_wrong(true, rng, every)
    assert (digit.astype("datetime64[Y]") == true.astype("datetime64[Y]")).all()
    assert (mistakes.digit_wrong(true, rng, ~every) == true).all()
