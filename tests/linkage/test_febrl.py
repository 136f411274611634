"""FEBRL3 and FEBRL4: invented people with typing errors, the field's common measuring stick. Its social-security column is not read."""

import pytest

from orchestration.identity import model, records
from tests.linkage import measure

EVEN, SURE = 0.0, 4.25  # bits: p = 0.5, p = 0.95
ONE_LIST, TWO_LISTS = ("dataset3.csv",), ("dataset4a.csv", "dataset4b.csv")


@pytest.fixture(scope="module", params=[ONE_LIST, TWO_LISTS], ids=["febrl3", "febrl4"])
def scored(febrl, request):
    con = measure.connect()
    lists = " UNION ALL ".join(
        f"SELECT {number} AS list, * FROM read_csv('{febrl / name}', all_varchar = true, header = true, delim = ',', normalize_names = true)"
        for number, name in enumerate(request.param)
    )
    con.execute(
        f"""CREATE TABLE person_row AS
        SELECT list::VARCHAR AS source, 'i' AS student_id_issuer, 's' AS student_id_system, trim(rec_id) AS student_id, 'p' AS party_id,
            given_name AS first_name, NULL::VARCHAR AS preferred_name, NULL::VARCHAR AS middle_name, surname AS last_name,
            nullif(trim(date_of_birth), '') AS born, NULL::VARCHAR AS sex,
            concat_ws(' ', trim(street_number), trim(address_1)) AS street_address, suburb AS city, '0' || trim(postcode) AS zip,
            NULL::INT AS cohort, NULL::VARCHAR AS school, regexp_extract(rec_id, 'rec-([0-9]+)-', 1) AS person
        FROM ({lists})"""
    )
    measure.take_rows(con, "person_row", "person", records.clean_columns() | {"birth": "born"})
    measure.score_pairs(con, model.train(con, "rec"))
    yield request.param, con
    con.close()


def test_f1_at_even_odds(scored):
    """FEBRL3 is one list (all pairs that hang together count), FEBRL4 is two (pairs across them count)."""
    lists, con = scored
    within = lists is ONE_LIST
    edges, (closure, _) = measure.edges(con, EVEN, within=within), measure.closure(con, EVEN, within=within)
    measure.tell(f"{lists[0]}: edges F1 {edges.f1:.4f} (P {edges.precision:.4f} R {edges.recall:.4f}), closure F1 {closure.f1:.4f}")
    assert (closure if within else edges).f1 >= 0.996


def test_no_person_holds_two_people_where_it_is_sure(scored):
    lists, con = scored
    closure, mixed = measure.closure(con, SURE, within=lists is ONE_LIST)
    measure.tell(f"{lists[0]} at p >= 0.95: closure F1 {closure.f1:.4f}, persons of two people {mixed}")
    assert mixed == 0
