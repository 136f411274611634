"""The traps that SOURCE.md of partner-houston-afterschool names: a regional total on every row, more students than slots."""

from .warehouse import Ask

CONTEXT = "FROM core.fct_community_context WHERE source = 'partner-houston-afterschool'"


def test_a_total_repeated_on_every_row_counts_once(ask: Ask) -> None:
    """558,209 dollars stand beside each of nine ZIPs and are the region's; eight repeats are set aside, not rejected."""
    assert ask(f"SELECT unit_type, unit_id, value::INT {CONTEXT} AND statistic_id = 'funding'") == [
        ("community", "houston-afterschool-region", 558_209),
    ]  # fmt: skip
    sql = """SELECT rows_accepted, rows_rejected, rows_excluded FROM governance.delivery_table
        WHERE source = 'partner-houston-afterschool' AND table_name = 'region'"""
    assert ask.row(sql) == (3, 0, 3 * 8)


def test_students_may_exceed_slots(ask: Ask) -> None:
    """Loaded as sent; no share is made of the two."""
    sql = f"""SELECT count(*) FROM (SELECT unit_id {CONTEXT} AND unit_type = 'zip' GROUP BY 1
        HAVING max(value) FILTER (statistic_id = 'students') > max(value) FILTER (statistic_id = 'slots'))"""
    assert ask.row(sql)[0] >= 7
    assert ask.row("SELECT count(*) FROM governance.rejected_row WHERE source = 'partner-houston-afterschool'") == (0,)


def test_a_zip_without_programs_is_a_zip_with_zero(ask: Ask) -> None:
    assert ask.row(f"SELECT sum(value)::INT, count(value) {CONTEXT} AND unit_id = '77373' AND statistic_id <> 'need_index'") == (0, 11)
