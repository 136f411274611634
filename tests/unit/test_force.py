"""Which delivery is in force: any sequence of arrivals and decisions against a plain list of rules, then each edge by name."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion import DeliveryRecord, standings
from orchestration.ingestion.decision import Decision, VolumeAcceptance, Withdrawal
from orchestration.ingestion.force import scopes
from orchestration.ingestion.record import TableRecord, VolumeChange

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
Kind = Literal["snapshot", "per_period", "delta", "append"]


def table(kind: Kind, *periods: str, name: str = "marks", needs_bulk: bool = False, of: str | None = None) -> TableRecord:
    held = {f"{of or name}/{period}": 1 for period in periods or ("*",)}
    return TableRecord(
        table=name, feed="attendance", replacement=kind, files=1, rows_read=1, rows_accepted=1, rows_rejected=0, rows_excluded=0,
        scopes=held, needs_bulk=needs_bulk,
    )  # fmt: skip


def delivery(name: str, day: int, *tables: TableRecord, arrived: int | None = None, **more: object) -> DeliveryRecord:
    """A delivery that speaks of the `day`-th of January 2024 and arrived `arrived` hours after New Year (default: in order)."""
    values = {
        "source": "elm", "delivery_id": name, "name": name, "content": name, "stamp": name,
        "received_at": FIRST + timedelta(hours=day if arrived is None else arrived), "as_of": date(2024, 1, day), "status": "accepted",
        "contract": "c", "contract_version": "1", "reading": "r", "number": 1, "files": 1, "tables": list(tables),
    }  # fmt: skip
    return DeliveryRecord.model_validate({**values, **more})


def in_force(*records: DeliveryRecord) -> list[tuple[str, str]]:
    return [(scope.record.name, scope.scope) for scope in scopes(records) if scope.in_force]


def withdrawn(record: DeliveryRecord) -> DeliveryRecord:
    return record.model_copy(update={"decision": Decision(withdrawn=Withdrawal(why="wrong year", when=FIRST))})


def statuses(*records: DeliveryRecord) -> dict[str, str]:
    return {standing.record.name: standing.status for standing in standings(records).values()}


def test_the_newest_whole_file_ends_all_before_it_in_its_table_only() -> None:
    one = delivery("one", 1, table("snapshot"), table("snapshot", name="other"))
    assert in_force(one, delivery("two", 2, table("snapshot"))) == [("one", "other/*"), ("two", "marks/*")]


def test_a_late_older_delivery_never_replaces_a_newer() -> None:
    newer, late = delivery("newer", 5, table("snapshot"), arrived=1), delivery("late", 2, table("snapshot"), arrived=9)
    assert in_force(newer, late) == [("newer", "marks/*")]
    assert statuses(newer, late) == {"newer": "accepted", "late": "superseded"}


def test_of_one_day_the_last_to_arrive_counts() -> None:
    first, last = delivery("b", 2, table("snapshot"), arrived=1), delivery("a", 2, table("snapshot"), arrived=2)
    assert in_force(last, first) == [("a", "marks/*")]


def test_content_that_comes_again_counts_from_its_last_arrival() -> None:
    again = [{"name": "one again", "stamp": "s", "received_at": FIRST + timedelta(hours=30)}]
    one = delivery("one", 2, table("snapshot"), arrived=1, also_received=again)
    two = delivery("two", 2, table("snapshot"), arrived=2)
    assert in_force(one, two) == [("one", "marks/*")]


def test_changes_stand_beside_the_whole_file_before_them() -> None:
    whole, change = delivery("whole", 1, table("snapshot")), delivery("change", 2, table("delta"))
    assert in_force(whole, change) == [("whole", "marks/*"), ("change", "marks/*")]
    assert all(scope.by_key for scope in scopes([whole, change]))


def test_a_new_whole_file_ends_earlier_changes() -> None:
    records = [delivery("whole", 1, table("snapshot")), delivery("change", 2, table("delta")), delivery("new", 3, table("snapshot"))]
    assert in_force(*records) == [("new", "marks/*")]
    assert not any(scope.by_key for scope in scopes(records))


def test_a_late_change_older_than_the_whole_file_is_ended_by_it() -> None:
    assert in_force(delivery("whole", 5, table("snapshot"), arrived=1), delivery("change", 2, table("delta"), arrived=9)) == [
        ("whole", "marks/*")
    ]


def test_a_late_change_newer_than_the_whole_file_takes_its_place_among_the_others() -> None:
    records = [
        delivery("whole", 1, table("snapshot")),
        delivery("third", 3, table("delta")),
        delivery("second", 2, table("delta"), arrived=99),
    ]
    assert [(s.record.name, s.order) for s in scopes(records)] == [("whole", 1), ("second", 2), ("third", 3)]


def test_a_period_ends_the_same_period_of_earlier_periods_and_changes() -> None:
    records = [
        delivery("years", 1, table("per_period", "2023", "2024")),
        delivery("change", 2, table("delta", "2023", "2024")),
        delivery("year", 3, table("per_period", "2024")),
    ]
    assert in_force(*records) == [("years", "marks/2023"), ("change", "marks/2023"), ("year", "marks/2024")]


def test_appended_rows_stay() -> None:
    records = [delivery("one", 1, table("append")), delivery("two", 2, table("append"))]
    assert in_force(*records) == [("one", "marks/*"), ("two", "marks/*")]
    assert not any(scope.by_key for scope in scopes(records))


def test_withdrawing_a_whole_file_brings_back_what_stood_before_with_its_changes() -> None:
    before = [delivery("whole", 1, table("snapshot")), delivery("change", 2, table("delta"))]
    new = delivery("new", 3, table("snapshot"))
    assert in_force(*before, new) == [("new", "marks/*")]
    assert scopes([*before, withdrawn(new)]) == scopes(before)
    assert statuses(*before, withdrawn(new))["new"] == "withdrawn"


def test_withdrawing_a_late_delivery_leaves_the_numbers_of_the_others() -> None:
    before = [delivery("one", 1, table("append")), delivery("three", 3, table("append"))]
    assert scopes([*before, withdrawn(delivery("two", 2, table("append")))]) == scopes(before)


def test_a_change_without_a_whole_file_is_quarantined_until_one_comes() -> None:
    change = delivery("change", 2, table("delta", needs_bulk=True))
    assert statuses(change) == {"change": "quarantined"}
    standing = standings([change])["elm", "change"]
    assert standing.problem is not None and standing.problem.rule == "delta_without_bulk" and "marks" in standing.reason
    late = delivery("whole", 1, table("snapshot"), arrived=99)
    assert in_force(change, late) == [("whole", "marks/*"), ("change", "marks/*")]


def test_a_change_whose_only_whole_file_is_withdrawn_is_quarantined() -> None:
    records = [withdrawn(delivery("whole", 1, table("snapshot"))), delivery("change", 2, table("delta", needs_bulk=True))]
    assert statuses(*records) == {"whole": "withdrawn", "change": "quarantined"}


def test_changes_without_a_manifest_need_no_whole_file() -> None:
    assert statuses(delivery("change", 2, table("delta"))) == {"change": "accepted"}


def test_a_whole_file_in_a_quarantined_delivery_carries_no_change() -> None:
    """One delivery's change waits for another table, so its own whole file does not count either."""
    mixed = delivery("mixed", 1, table("snapshot", name="schools"), table("delta", name="marks", needs_bulk=True))
    change = delivery("change", 2, table("delta", name="schools", needs_bulk=True))
    assert statuses(mixed, change) == {"mixed": "quarantined", "change": "quarantined"}


def test_rows_taken_back_by_another_table_count_for_the_table_they_are_taken_from() -> None:
    whole = delivery("whole", 1, table("snapshot", name="marks"))
    deletes = delivery("deletes", 2, table("delta", name="gone", of="marks"))
    held = scopes([whole, deletes])
    assert [(s.record.name, s.table, s.in_force, s.by_key) for s in held] == [
        ("whole", "marks", True, True),
        ("deletes", "marks", True, True),
    ]


def test_a_scope_that_two_tables_of_a_delivery_speak_of_is_one_row() -> None:
    both = delivery("both", 1, table("snapshot", name="marks"), table("delta", name="gone", of="marks"))
    (scope,) = scopes([both])
    assert (scope.replacement, scope.rows, scope.by_key) == ("snapshot", 2, True)


def test_a_delivery_that_says_nothing_of_any_table_is_accepted_and_changes_nothing() -> None:
    whole, empty = delivery("whole", 1, table("snapshot")), delivery("empty", 2)
    assert statuses(whole, empty) == {"whole": "accepted", "empty": "accepted"}
    assert scopes([whole, empty]) == scopes([whole])


def test_an_alarm_of_volume_holds_until_it_is_accepted_and_no_further() -> None:
    def lost(gone: int, **more: object) -> DeliveryRecord:
        change = VolumeChange(table="marks", before=100, gone=gone, added=0, exceeded=True)
        return delivery("small", 2, table("snapshot"), volume=[change], **more)

    whole = delivery("whole", 1, table("snapshot"))
    assert statuses(whole, lost(60)) == {"whole": "accepted", "small": "quarantined"}
    accepted = Decision(volume_accepted=VolumeAcceptance(when=FIRST, gone={"marks": 0.6}, added={"marks": 0.0}))
    assert statuses(whole, lost(60, decision=accepted)) == {"whole": "superseded", "small": "accepted"}
    # read again under another contract, it loses more than was accepted
    assert statuses(whole, lost(90, decision=accepted)) == {"whole": "accepted", "small": "quarantined"}


def test_a_record_from_before_there_were_readings_is_not_used_and_says_so() -> None:
    standing = standings([delivery("old", 1, table("snapshot"), reading="")])["elm", "old"]
    assert standing.status == "quarantined" and "deliver it again" in standing.reason


# The same rules as a person would write them down, over rows: what stands after any sequence of arrivals and decisions.
YEARS = ("2023", "2024")


@dataclass(frozen=True)
class Sent:
    """One delivery of one table: rows are (key, year) and deleted keys; `day` says where it belongs, not when it came."""

    name: str
    day: int
    kind: Kind
    rows: frozenset[tuple[int, str]]
    deleted: frozenset[tuple[int, str]] = field(default_factory=frozenset)

    @property
    def periods(self) -> set[str]:
        return {year for _, year in self.rows | self.deleted}

    def record(self, arrived: int, *, is_withdrawn: bool) -> DeliveryRecord:
        periods = self.periods if self.kind == "per_period" else {"*"}
        made = delivery(self.name, self.day, table(self.kind, *sorted(periods)), arrived=arrived)
        return withdrawn(made) if is_withdrawn else made


def oracle(sent: list[Sent]) -> dict[tuple[int, str], list[str]]:
    """(key, year) → names of the deliveries whose row of it stands."""
    layers: list[tuple[Sent, set[str]]] = []  # with the periods it still speaks for
    for one in sorted(sent, key=lambda s: s.day):
        if one.kind == "snapshot":
            layers = []
        if one.kind == "per_period":
            layers = [(old, periods - one.periods if old.kind == "per_period" else periods) for old, periods in layers]
        layers.append((one, one.periods))
    layers = [(one, periods) for one, periods in layers if periods or one.kind != "per_period"]
    kinds = {one.kind for one, _ in layers}
    stands: dict[tuple[int, str], list[str]] = {}
    for one, periods in layers:
        for key in one.rows:
            if key[1] in periods:
                newest_only = len(kinds) > 1 or kinds == {"delta"}
                stands[key] = [one.name] if newest_only else [*stands.get(key, []), one.name]
        for key in one.deleted:
            stands.pop(key, None)
    return stands


def staged(records: list[DeliveryRecord], sent: dict[str, Sent]) -> dict[tuple[int, str], list[str]]:
    """What dbt's staging makes of the scopes: rows in force, of a table `by_key` the newest of each key, no deleted ones."""
    found: dict[tuple[int, str], list[tuple[int, str, bool, bool]]] = {}
    for scope in scopes(records):
        one = sent[scope.record.name]
        for rows, deleted in ((one.rows, False), (one.deleted, True)):
            for key in rows:
                if scope.in_force and (scope.period == "*" or scope.period == key[1]):
                    found.setdefault(key, []).append((scope.order, one.name, deleted, scope.by_key))
    stands = {}
    for key, layers in found.items():
        layers.sort()
        chosen = layers[-1:] if layers[-1][3] else layers
        names = [name for _, name, deleted, _ in chosen if not deleted]
        if names:
            stands[key] = names
    return stands


keys = st.frozensets(st.tuples(st.integers(0, 4), st.sampled_from(YEARS)), min_size=1, max_size=5)


@st.composite
def sequences(draw: st.DrawFn) -> tuple[list[Sent], list[int], set[str]]:
    """Deliveries of distinct days, the order in which they arrive, and those that are withdrawn in the end."""
    days = draw(st.lists(st.integers(1, 31), min_size=1, max_size=7, unique=True))
    sent = []
    for number, day in enumerate(days):
        kind: Kind = draw(st.sampled_from(("snapshot", "per_period", "delta", "append")))
        rows = draw(keys)
        deleted = draw(keys) - rows if kind == "delta" else frozenset()
        sent.append(Sent(f"d{number}", day, kind, rows, deleted))
    return sent, draw(st.permutations(range(len(sent)))), draw(st.sets(st.sampled_from([s.name for s in sent])))


@settings(max_examples=400, deadline=None)
@given(sequences())
def test_any_sequence_ends_as_the_plain_list_of_rules_says(drawn: tuple[list[Sent], list[int], set[str]]) -> None:
    sent, arrival, taken_back = drawn
    records = [sent[at].record(hour, is_withdrawn=sent[at].name in taken_back) for hour, at in enumerate(arrival)]
    assert staged(records, {one.name: one for one in sent}) == oracle([one for one in sent if one.name not in taken_back])


@settings(max_examples=100, deadline=None)
@given(sequences(), st.data())
def test_withdrawing_any_one_restores_what_stood_without_it(drawn: tuple[list[Sent], list[int], set[str]], data: st.DataObject) -> None:
    sent, arrival, _ = drawn
    records = [sent[at].record(hour, is_withdrawn=False) for hour, at in enumerate(arrival)]
    gone = data.draw(st.sampled_from(records))
    assert scopes([withdrawn(r) if r is gone else r for r in records]) == scopes([r for r in records if r is not gone])
