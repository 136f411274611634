"""The truth of the demo region, kept aside: who is who, families, homes, mistakes by record, true absence, true program effects.

Belongs here: gathering and writing the tables that linkage and measures are scored against.
Does not belong here: anything a party sends. These files never lie in the landing folder.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.demo import text
from orchestration.demo.absence import EXCUSED, FRACTION, HALF_EXCUSED, HALF_UNEXCUSED, NOT_ENROLLED, SUSPENDED, UNEXCUSED, MarkBlock
from orchestration.demo.calendars import july_first
from orchestration.demo.homes import street_address, zip_of
from orchestration.demo.movement import DIPLOMAS, EXITS, Spans
from orchestration.demo.population import FIRST_NAMES, RACES, SURNAMES
from orchestration.demo.programs import FULL_DOSE_HOURS, PROGRAMS
from orchestration.demo.region import DISTRICTS, GRADES
from orchestration.demo.world import World

_COUNTS = ("days_enrolled", "days_absent", "days_absent_whole", "days_absent_full", "days_absent_excused", "days_suspended_out_of_school")
MIN_DAYS = 10


@dataclass
class Truth:
    """Collects truth while the files are written; `write` puts it down as Parquet."""

    folder: Path
    ids: list[pa.Table] = field(default_factory=list)
    spans: list[pa.Table] = field(default_factory=list)
    errors: list[pa.Table] = field(default_factory=list)

    def knows(self, child: np.ndarray, issuer: str, system: str, written: pa.Array, source: str) -> None:
        """A source carries this id for this child (a missing id is left out)."""
        rows = len(child)
        table = pa.table(
            {
                "person": pa.array(child, pa.int64()),
                "student_id_issuer": text.constant(issuer, rows),
                "student_id_system": text.constant(system, rows),
                "student_id": written,
                "source": text.constant(source, rows),
            }
        )
        self.ids.append(table.filter(table["student_id"].is_valid()))

    def erred(self, ids: pa.Array, issuer: str, system: str, source: str, errors: dict[str, np.ndarray]) -> None:
        """What a source got wrong, by kind: which of its records; a record is known by its id in that source."""
        kinds = sorted(errors)
        where, rows = np.nonzero(np.stack([errors[kind] for kind in kinds])) if len(ids) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
        table = pa.table(
            {
                "source": text.constant(source, len(rows)),
                "student_id_issuer": text.constant(issuer, len(rows)),
                "student_id_system": text.constant(system, len(rows)),
                "student_id": ids.take(pa.array(rows)),
                "error": text.pick(kinds, where),
            }
        )
        self.errors.append(table.filter(table["student_id"].is_valid()))

    def attendance(self, world: World, spans: Spans, district: int, blocks: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Totals of one district and year: pairs of span rows and their counts (see `count_marks`)."""
        if not blocks:
            return
        rows = np.concatenate([row for row, _ in blocks])
        counts = np.concatenate([count for _, count in blocks])
        begin = july_first(spans.year)
        self.spans.append(
            pa.table(
                {
                    "person": pa.array(spans.child[rows], pa.int64()),
                    "school_year": pa.array(np.full(len(rows), spans.year), pa.int64()),
                    "district": text.constant(DISTRICTS[district].party, len(rows)),
                    "school_id": text.pick(world.schools.code, spans.school[rows]),
                    "grade_level": text.pick(GRADES, spans.grade[rows]),
                    "first_day": pa.array(begin + spans.first[rows]),
                    "last_day": pa.array(begin + spans.last[rows]),
                    "exit_type": text.pick(EXITS, spans.exit[rows]),
                    **{name: pa.array(counts[:, i]) for i, name in enumerate(_COUNTS)},
                }
            )
        )

    def child_years(self) -> pa.Table:
        """One row per child, district and year: days and whether chronically absent (a tenth, at least ten days enrolled)."""
        keys = ["person", "school_year", "district"]
        table = pa.concat_tables(self.spans).group_by(keys).aggregate([(name, "sum") for name in _COUNTS])
        table = table.rename_columns([*keys, *_COUNTS]).sort_by([(key, "ascending") for key in keys])
        return _with_chronic(table)

    def write(self, world: World) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        by_district = self.child_years()
        keys = ["person", "school_year"]
        by_child = by_district.group_by(keys).aggregate([(name, "sum") for name in _COUNTS]).rename_columns([*keys, *_COUNTS])
        by_child = _with_chronic(by_child.sort_by([(key, "ascending") for key in keys]))
        person = by_child["person"].to_numpy()
        year = by_child["school_year"].to_numpy() - world.years[0]
        for name in ("rate", "without_programs"):
            by_year = np.stack([getattr(rates, name) for rates in world.rates])
            by_child = by_child.append_column(f"true_{name}", pa.array(by_year[year, person]))
        self._put("attendance_child_year", by_child)
        self._put("attendance_district_year", by_district)
        self._put("attendance_span", pa.concat_tables(self.spans))
        self._put("student_id", pa.concat_tables(self.ids))
        errors = pa.concat_tables(self.errors)
        columns = errors.column_names
        self._put("record_error", errors.group_by(columns).aggregate([]).sort_by([(column, "ascending") for column in columns]))
        self._put("person", _people(world))
        self._put("home", _homes(world))
        self._put("diploma", _diplomas(world))
        self._put("program_participation", _participation(world))
        self._put("program_effect", _effects(world))

    def _put(self, name: str, table: pa.Table) -> None:
        pyarrow.parquet.write_table(table.combine_chunks(), self.folder / f"{name}.parquet")


def count_marks(block: MarkBlock) -> np.ndarray:
    """One row per span of the block: the counts named in `_COUNTS`."""
    marks = block.marks
    counts = {mark: (marks == mark).sum(axis=1) for mark in (EXCUSED, UNEXCUSED, HALF_EXCUSED, HALF_UNEXCUSED, SUSPENDED)}
    enrolled = (marks != NOT_ENROLLED).sum(axis=1)
    full = counts[EXCUSED] + counts[UNEXCUSED] + counts[SUSPENDED]
    half = counts[HALF_EXCUSED] + counts[HALF_UNEXCUSED]
    absent = full + half * FRACTION[HALF_EXCUSED]
    excused = counts[EXCUSED] + counts[HALF_EXCUSED] * FRACTION[HALF_EXCUSED]
    return np.stack([enrolled, absent, full + half, full, excused, counts[SUSPENDED]], axis=1).astype(np.float64)


def _with_chronic(table: pa.Table) -> pa.Table:
    enrolled, absent = table["days_enrolled"].to_numpy(), table["days_absent"].to_numpy()
    table = table.append_column("is_counted", pa.array(enrolled >= MIN_DAYS))
    return table.append_column("is_chronic", pa.array((enrolled >= MIN_DAYS) & (absent * 10 >= enrolled)))


def _homes(world: World) -> pa.Table:
    """One row per family and school year: where it lived when the year ended."""
    households = world.population.households
    child = np.flatnonzero(np.diff(households.of, prepend=-1))
    parts: list[pa.Table] = []
    for year, closing in zip(world.years, world.movement.closing, strict=True):
        home = closing.take(child)
        parts.append(
            pa.table(
                {
                    "household": pa.array(households.of[child]),
                    "school_year": pa.array(np.full(len(child), year)),
                    "district": text.pick([district.party for district in DISTRICTS], home.district),
                    "street_address": street_address(home),
                    "zip": zip_of(home, world.population.size),
                }
            )
        )
    return pa.concat_tables(parts)


def _people(world: World) -> pa.Table:
    people, moved = world.population, world.movement
    return pa.table(
        {
            "person": pa.array(np.arange(people.size)),
            "first_name": text.pick(FIRST_NAMES, people.first_name),
            "middle_name": text.pick(FIRST_NAMES, people.middle_name),
            "last_name": text.pick(SURNAMES, people.last_name),
            "second_last_name": text.pick(SURNAMES, people.second_last_name),
            "new_last_name": text.pick(SURNAMES, people.new_last_name),
            "renamed_on": pa.array(people.renamed_on),
            "household": pa.array(people.households.of),
            "is_twin": pa.array(people.households.is_twin),
            "moved": pa.array(moved.opening[0].differs(moved.closing[-1])),
            "moved_district": pa.array(moved.opening[0].district != moved.closing[-1].district),
            "birth_date": pa.array(people.birth_date),
            "sex": text.choose(people.is_male, "male", "female"),
            "race_ethnicity": text.pick(RACES, people.race),
            "state_id": world.ids.state_id(np.arange(people.size)),
        }
    )


def _diplomas(world: World) -> pa.Table:
    done = world.movement.diplomas
    return pa.table(
        {
            "person": pa.array(done.child, pa.int64()),
            "school_year": pa.array(done.year, pa.int64()),
            "diploma_type": text.pick(DIPLOMAS, done.kind),
            "award_date": pa.array(done.award_date),
        }
    )


def _participation(world: World) -> pa.Table:
    parts = [part for year in world.participation for part in year]
    child = np.concatenate([part.child for part in parts])
    size = [len(part.child) for part in parts]
    return pa.table(
        {
            "person": pa.array(child, pa.int64()),
            "program_id": text.pick([program.id for program in PROGRAMS], np.repeat([part.program for part in parts], size)),
            "school_year": pa.array(np.repeat([part.year for part in parts], size), pa.int64()),
            "sessions_attended": pa.array(np.concatenate([part.attended.sum(axis=1) for part in parts])),
            "sessions_scheduled": pa.array(np.concatenate([part.scheduled.sum(axis=1) for part in parts])),
            "hours": pa.array(np.concatenate([part.hours for part in parts])),
        }
    )


def _effects(world: World) -> pa.Table:
    """Per program and year of participation: true mean change of next year's absence rate that this program alone makes."""
    rows: list[dict[str, object]] = []
    for index, year in enumerate(world.participation):
        for part in year:
            program = PROGRAMS[part.program]
            change = np.array([])
            if index + 1 < len(world.rates):
                own = np.exp(-program.effect * np.minimum(part.hours / FULL_DOSE_HOURS, 1.0))
                change = world.rates[index + 1].rate[part.child] * (1 - own)
                change = change[~np.isnan(change)]
            rows.append(
                {
                    "program_id": program.id,
                    "school_year": part.year,
                    "effect_on_log_rate_at_full_dose": program.effect,
                    "children": len(part.child),
                    "children_next_year": len(change),
                    "mean_change_of_rate_next_year": float(change.mean()) if len(change) else None,
                }
            )
    return pa.Table.from_pylist(rows)
