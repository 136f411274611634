"""Damaged deliveries of every profile and example: read = accepted + rejected, no traceback, never half a delivery, no neighbour harmed."""

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from orchestration.ingestion.scratch import scratch_database
from tests.fuzz.corpus import Entry, corpus, examples, profiles
from tests.fuzz.harness import Bench
from tests.fuzz.mutations import ANY_FILE, Files, Mutation
from tests.fuzz.structured import JSON, XML
from tests.fuzz.tabular import EDITS, delimited, dialects, workbook

TOTAL = int(os.environ.get("FUZZ_EXAMPLES", "200"))
EACH = -(-TOTAL // len(corpus()))
THOROUGH = 8  # one in so many is also read twice
SHM = Path("/dev/shm")  # noqa: S108 - memory instead of a disk, where there is such a place


@pytest.fixture
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder, scratch_database(Path(folder)) as con:
        con.execute("SET threads = 1")  # files are small: handing work over costs more than it saves
        yield Bench(Path(folder), con)


def damage_for(entry: Entry) -> tuple[Mutation, ...]:
    """Damage that fits the formats of the entry's files, beside damage that any file may suffer."""
    readers = [table.reader for table in entry.contract.tables]
    fitting: list[Mutation] = []
    for dialect in dialects(entry.contract):
        fitting += [delimited(edit, dialect) for edit in EDITS]
    kinds = {reader.format for reader in readers}
    fitting += JSON if "json" in kinds else ()
    fitting += XML if "xml" in kinds else ()
    fitting += [workbook(edit) for edit in EDITS] if "excel" in kinds else []
    return (*ANY_FILE, *fitting)


# One number per step of damage; chance seeded by it says what is damaged, which file and where. Fewer steps are easier to read.
steps = st.lists(st.integers(0, (1 << 32) - 1), min_size=1, max_size=4)


def apply(entry: Entry, kinds: tuple[Mutation, ...], plan: list[int]) -> tuple[Files, list[tuple[str, str, int, int]]]:
    """The damaged files, and what was done to which, for whoever has to find out."""
    files, done = dict(entry.files), []
    for seed in plan:
        chance = random.Random(f"{entry.name} {seed}")
        kind, name, a, b = chance.choice(kinds), chance.choice(sorted(files)), chance.randrange(1 << 20), chance.randrange(1 << 20)
        files = kind(files, name, a, b)
        done.append((kind.__qualname__, name, a, b))
    return files, done


@pytest.mark.parametrize("name", corpus())
def test_damaged_deliveries(name: str, bench: Bench, record_property: Callable[[str, object], None]) -> None:
    entry = corpus()[name]
    kinds = damage_for(entry)

    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        derandomize=TOTAL <= 200,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(steps)
    def run(plan: list[int]) -> None:
        files, done = apply(entry, kinds, plan)
        note(f"{name}: {done}")
        bench.check(entry, files, thorough=sum(plan) % THOROUGH == 0)

    run()
    record_property("fuzz", (name, dict(bench.outcomes)))


def test_the_undamaged_corpus_is_accepted(bench: Bench) -> None:
    refused = {name: record.reason for name, entry in corpus().items() if (record := bench.check(entry, entry.files, thorough=True)).reason}
    assert not refused


def test_every_profile_and_example_is_in_the_corpus() -> None:
    names = set(corpus())
    assert {f"profile {name}" for name in profiles()} | {name.replace("-", " ", 1) for name in examples()} <= names
