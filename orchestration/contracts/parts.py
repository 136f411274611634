"""Parts of a contract that speak of the source: who sends, how deliveries come, what its attendance means.

Does not belong here: how its files look (reading.py), tables and columns (model.py).
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

PartyType = Literal["district", "state", "partner", "early_childhood", "publisher"]
Replacement = Literal["snapshot", "delta", "per_period", "append"]
Duplicates = Literal["reject", "keep_first", "keep_last", "keep", "fold"]
Strictness = Literal["lenient", "strict"]


def listed(value: Any) -> Any:
    """One text or mapping may stand without the list around it."""
    return [value] if isinstance(value, str | dict) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(listed)]


class Part(BaseModel):
    """What every part of a contract is: fixed once read, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Party(Part):
    """The organisation behind a source; `community` is the community its children belong to, if any."""

    id: str
    name: str
    type: PartyType
    community: str | None = None


class DeliveryRules(Part):
    """How deliveries replace each other, which shares of rejected, vanished and new rows are still accepted, what repeated keys mean."""

    replacement: Replacement = "snapshot"
    max_rejected_share: float = Field(default=0.05, ge=0, le=1)
    max_gone_share: float | None = Field(default=0.5, ge=0)
    max_added_share: float | None = Field(default=None, ge=0)
    duplicates: Duplicates = "reject"


class IdSystem(Part):
    """Who issues an id system (default: the party) and whether several sources carry the same ids.

    `default`: of several systems, the one that student_id is of wherever a table does not say.
    """

    issuer: str | None = None
    shared: bool = False
    default: bool = False


class DayRule(Part):
    """How the marks of one student, school and day become the day (docs/attendance.md).

    `periods_per_day`, `scheduled_minutes`: of a full-time student. The two thresholds are minutes missed of such a day.
    `official_period`: the period that speaks for the day under rule first.
    """

    rule: Literal["worst", "fraction", "majority", "minutes", "halves", "first"]
    periods_per_day: int | None = Field(default=None, ge=1)
    scheduled_minutes: int | None = Field(default=None, ge=1)
    half_day_minutes: int | None = Field(default=None, ge=1)
    whole_day_minutes: int | None = Field(default=None, ge=1)
    official_period: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        thresholds = [minutes for minutes in (self.half_day_minutes, self.whole_day_minutes) if minutes is not None]
        if self.rule == "minutes" and self.scheduled_minutes is None:
            raise ValueError("rule minutes needs scheduled_minutes: how long a full day is")
        if self.rule != "minutes" and thresholds:
            raise ValueError("half_day_minutes and whole_day_minutes go with rule minutes")
        if sorted(thresholds) != thresholds or any(minutes > (self.scheduled_minutes or 0) for minutes in thresholds):
            raise ValueError("half_day_minutes, whole_day_minutes and scheduled_minutes must not decrease in this order")
        if self.rule == "halves" and self.periods_per_day not in (None, 2):
            raise ValueError("rule halves has two halves: leave periods_per_day out, or use rule fraction")
        if self.rule != "first" and self.official_period is not None:
            raise ValueError("official_period goes with rule first")
        return self


# Of several marks the one that costs most of the day; what says least comes last.
DEFAULT_PRECEDENCE = (
    "suspended_out_of_school", "absent_unexcused", "absent", "absent_excused", "suspended_in_school", "partial", "tardy",
    "independent_study", "remote", "present", "not_taken", "unknown",
)  # fmt: skip


class AttendanceRules(Part):
    """What the attendance files of a source say by silence (measures.md A6, hub rules c and e), and how marks become days.

    `precedence`: which of two marks for one student, school, day and period wins; codes it does not name follow in the usual order.
    """

    register_kind: Literal["negative", "positive"] = Field(default="negative", alias="register")
    silence: Literal["present", "not_taken", "unknown"] = "present"
    exit_day_counts: bool = False
    precedence: tuple[str, ...] = ()
    day: DayRule | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if unknown := [code for code in self.precedence if code not in DEFAULT_PRECEDENCE]:
            raise ValueError(f"precedence: {unknown[0]!r} is not a standard code; use some of: {', '.join(DEFAULT_PRECEDENCE)}")
        if len(set(self.precedence)) < len(self.precedence):
            raise ValueError("precedence: a code stands twice; keep its first place")
        if self.day is None or not self.silence_is_present:
            return self
        if self.day.rule in ("fraction", "majority") and self.day.periods_per_day is None:
            raise ValueError(f"rule {self.day.rule} needs periods_per_day: a register of exceptions does not list the periods attended")
        if self.day.rule == "first" and self.day.official_period is None:
            raise ValueError("rule first needs official_period: in a register of exceptions the first mark need not be of the first period")
        return self

    @property
    def silence_is_present(self) -> bool:
        """Only a register of exceptions can mean presence by saying nothing."""
        return self.register_kind == "negative" and self.silence == "present"

    @property
    def full_precedence(self) -> tuple[str, ...]:
        """Every standard code, the one that wins first."""
        return (*self.precedence, *(code for code in DEFAULT_PRECEDENCE if code not in self.precedence))


class Terms(Part):
    """Under which agreement the source is held and what published output must say about it."""

    agreement: str
    attribution: str | None = None


class Manifest(Part):
    """A file of the delivery that says which of its files are sent and how: rows of `name` and `value`.

    `files`: manifest name -> file it speaks of, its value absent, bulk or delta; `expect`: name -> values that are understood.
    """

    file: Texts
    name: str
    value: str
    files: dict[str, str] = Field(default_factory=dict)
    expect: dict[str, tuple[str, ...]] = Field(default_factory=dict)
