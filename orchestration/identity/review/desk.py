"""One reviewer's sitting: which task lies open, what was answered, what can be taken back.

Belongs here: everything the page knows, apart from HTTP (server.py) and look (page.py). The warehouse is open only while it is read
or an answer is written, so that a nightly run never waits for a person at lunch.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock

import duckdb

from orchestration.identity.decisions import ContradictionError, Decision
from orchestration.identity.model import Model
from orchestration.identity.review.answers import Given, NotAskedError, Outcome, give, take_back
from orchestration.identity.review.queue import AGAIN, SAMPLE
from orchestration.identity.review.tasks import Candidate, Task, open_tasks

Open = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
# More than anybody answers in one sitting; the next ones are read when these are done.
SITTING = 500
_BESIDE = 5


@dataclass(frozen=True)
class _Done:
    """An answer that can be taken back: its place among the tasks, and the tasks as they were before it."""

    place: int
    before: dict[int, Task]
    given: list[Given]


@dataclass
class Desk:
    """`busy` is what open_warehouse and the lock raise while a refresh runs; the answer is then not taken."""

    open_con: Open
    model: Model | None
    reader: str
    busy: tuple[type[Exception], ...] = ()
    tasks: list[Task] = field(default_factory=list)
    said: str = ""
    refused: tuple[Decision, ...] = ()
    keys: bool = True
    answered: int = 0
    lock: Lock = field(default_factory=Lock)
    _history: list[_Done] = field(default_factory=list)

    def load(self) -> None:
        """Add what waits now behind the tasks that are done: those can still be taken back."""
        with self.open_con() as con:
            self.tasks += open_tasks(con, self.model, reader=self.reader, limit=SITTING)

    def next_place(self, start: int = 0) -> int | None:
        """The first task from `start` on that is open, going round; None when all are done."""
        order = [*range(start, len(self.tasks)), *range(min(start, len(self.tasks)))]
        return next((place for place in order if self.tasks[place].candidates), None)

    def previous_place(self, start: int) -> int | None:
        order = [*range(start - 1, -1, -1), *range(len(self.tasks) - 1, start - 1, -1)]
        return next((place for place in order if self.tasks[place].candidates), None)

    def shown(self, place: int) -> tuple[Candidate, ...]:
        """Candidates that fit beside each other; the others come when these are answered."""
        return self.tasks[place].candidates[:_BESIDE]

    @property
    def left(self) -> int:
        return sum(1 for task in self.tasks if task.candidates)

    @property
    def can_undo(self) -> bool:
        return bool(self._history)

    def answer(self, place: int, outcome: Outcome, pair: tuple[int, int] | None, note: str = "") -> None:
        """Answer one pair of a task, or (pair None) all that are shown of it. What happened is in `said` and `refused`."""
        self.said, self.refused = "", ()
        chosen = [c for c in self.shown(place) if pair in (None, c.pair)] if 0 <= place < len(self.tasks) else []
        if not chosen:
            self.said = "That question was answered already."
            return
        before: dict[int, Task] = {}
        given: list[Given] = []
        try:
            with self.open_con() as con:
                for candidate in chosen:
                    given.append(self._give(con, outcome, candidate, note))
                    before |= {n: t for n, t in self._close(place, candidate, outcome).items() if n not in before}
        except ContradictionError as error:
            self.refused = (error.wanted, *error.earlier)
            self.said = "Not saved: this answer contradicts an earlier decision."
        except NotAskedError:
            self._close(place, chosen[len(given)], "cannot tell")
            self.said = "Not saved: one of the records is no longer there."
        except self.busy:
            self.said = "Not saved: a refresh is running. Answer again when it has ended."
        if given:
            self._history.append(_Done(place, before, given))
            self.answered += 1
            self.said = self.said or f"Saved: {outcome}."

    def undo(self) -> int | None:
        """Take the last answer back; the place of its task."""
        self.said, self.refused = "", ()
        if not self._history:
            self.said = "There is nothing to take back."
            return None
        last = self._history[-1]
        try:
            with self.open_con() as con:
                for given in reversed(last.given):
                    take_back(con, given, _now())
        except self.busy:
            self.said = "Not taken back: a refresh is running. Try again when it has ended."
            return last.place
        self._history.pop()
        for place, task in last.before.items():
            self.tasks[place] = task
        self.answered -= 1
        self.said = "Taken back."
        return last.place

    def _give(self, con: duckdb.DuckDBPyConnection, outcome: Outcome, candidate: Candidate, note: str) -> Given:
        con.execute("BEGIN")
        try:
            given = give(
                con, outcome, *candidate.pair, by=self.reader, why=note.strip() or f"Seen side by side. {candidate.why}", at=_now()
            )
        except Exception:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
        return given

    def _close(self, place: int, candidate: Candidate, outcome: Outcome) -> dict[int, Task]:
        """Take the pair off its task; after "same" also other records of the same list, where a child stands once. Tasks before it."""
        owner, other = self.tasks[place].record, candidate.record
        taken = {(owner.record_id, other.roster), (other.record_id, owner.roster)} if outcome == "same" else set()

        def stays(task: Task, c: Candidate) -> bool:
            places = {(task.record.record_id, c.record.roster), (c.record.record_id, task.record.roster)}
            return c.pair != candidate.pair and (c.reason in (AGAIN, SAMPLE) or not places & taken)

        before = {}
        for number, task in enumerate(self.tasks):
            left = tuple(c for c in task.candidates if stays(task, c))
            if len(left) != len(task.candidates):
                before[number] = task
                self.tasks[number] = replace(task, candidates=left)
        return before


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
