"""What may be published: every table and every column by name, with what it means to a reader.

Belongs here: the allow-list. A column that is not named here stays in the build. Does not belong here: how it is copied.
"""

from dataclasses import dataclass
from types import MappingProxyType

from orchestration.disclosure import KEY


@dataclass(frozen=True)
class PublicTable:
    """A published table: its columns with their meaning, and the order its rows stand in.

    A fixed order makes equal content equal bytes (Parquet), so that two builds can be compared by their hashes.
    """

    name: str
    description: str
    columns: MappingProxyType[str, str]
    order: tuple[str, ...]


INDICATOR = PublicTable(
    name="indicator",
    description="One row per measure, variant, unit, school year and student group: a number with what it rests on.",
    columns=MappingProxyType(
        {
            "measure_id": "the measure (table measure)",
            "variant_id": "the authority's definition (table measure_variant), or a publisher's own",
            "source_kind": "computed: by the hub from rows; publisher: a figure someone else published",
            "unit_type": "what the number is about: state, community, district, school, program or zip",
            "unit_id": "the unit (table unit)",
            "unit_name": "name of the unit",
            "school_year": "school year by the calendar year it ends in: 2024 is 2023-24",
            "student_group": "the children it is about: all, or one group",
            "numerator": "how many have it; NULL where hidden or where the rate is only a bound",
            "denominator": "out of how many; NULL where hidden",
            "value": "the rate as a fraction 0-1, the ratio or the count; a bound where value_coding says so",
            "ci_low": "lower end of the 95 % Wilson interval",
            "ci_high": "upper end of the 95 % Wilson interval",
            "comparability": "A computed by the hub, B a publisher's under the same definition, C under another, D proxy or discontinued",
            "period_status": "final, to_date (the year is running) or window_open (the outcome may still come)",
            "break_in_series": "true where this year must not be compared with the year before",
            "suppression": "suppressed: too few children, zero among them, or the publisher hid it; none otherwise",
            "coverage": "share of the children concerned whose records were good enough, in steps of five points",
            "value_coding": "top: value means at least; bottom: value means at most; none: as it is",
            "publisher_marker": "what the publisher printed in place of a number",
        }
    ),
    order=KEY,
)

MEASURE = PublicTable(
    name="measure",
    description="The catalogue: one row per measure, with the question it answers and the decision it serves.",
    columns=MappingProxyType(
        {
            "measure_id": "name of the measure in data",
            "code": "its id in the catalogue, such as SC12",
            "name": "its name in words",
            "measure_type": "shared, collaborative or individual",
            "question": "the question it answers",
            "who_asks": "who asks it",
            "decision": "the decision it serves",
            "steward": "who answers for its definition",
            "formula": "the formula in words",
            "source": "where the definition comes from",
            "is_computed": "true where the hub computes it; false where only publishers do",
        }
    ),
    order=("measure_id",),
)

MEASURE_VARIANT = PublicTable(
    name="measure_variant",
    description="One row per authority's definition of a measure, with its parameters.",
    columns=MappingProxyType(
        {
            "measure_id": "the measure it defines",
            "variant_id": "name of the variant, unique within its measure and source kind",
            "source_kind": "computed: the hub computes by it; publisher: figures were published under it",
            "variant_name": "its name in words",
            "authority": "who defines it so",
            "comparability": "A, B, C or D, as in indicator",
            "is_default": "true for the variant a reader should take first",
            "value_kind": "proportion: share of persons; ratio: days or hours over days or persons; count",
            "n_min": "the fewest children it may be published for; never below the hub's minimum",
            "quantity": "what is compared with the two bounds",
            "from_value": "lower bound",
            "from_inclusive": "whether the lower bound itself counts",
            "to_value": "upper bound",
            "to_inclusive": "whether the upper bound itself counts",
            "min_days": "days a child must be enrolled to be counted",
            "min_days_inclusive": "whether that many days are enough",
            "needs_attended_day": "whether a child must have come at least once",
            "half_day_rule": "how a part of a day counts",
            "missing_rule": "what a missing mark means",
            "counted_absences": "which absences count",
            "low_grade": "lowest grade counted",
            "high_grade": "highest grade counted",
            "school_only": "whether days count per school and not per district",
            "eligible_variant_id": "the variant that says who is eligible",
            "source_ref": "where the definition is written",
            "note": "what a reader should know beside it",
        }
    ),
    order=("measure_id", "source_kind", "variant_id"),
)

UNIT = PublicTable(
    name="unit",
    description="One row per community, district, school, program, zip or state that a number can be about.",
    columns=MappingProxyType(
        {
            "unit_type": "state, community, district, school, program or zip",
            "unit_id": "the unit, unique within its type",
            "unit_name": "its name",
            "parent_unit_type": "type of the unit it belongs to",
            "parent_unit_id": "the unit it belongs to",
        }
    ),
    order=("unit_type", "unit_id"),
)

SOURCE_STATUS = PublicTable(
    name="source_status",
    description="One row per source: what arrived when, and how much of it could be used.",
    columns=MappingProxyType(
        {
            "source": "the stream of files",
            "party_id": "who sends it",
            "party_name": "name of who sends it",
            "party_type": "district, state, partner, early_childhood or publisher",
            "last_received_on": "the day the newest accepted delivery came",
            "as_of": "the day its content speaks of",
            "deliveries": "deliveries accepted so far",
            "rows_read": "rows read from the deliveries in force",
            "rows_accepted": "rows that kept their contract",
            "rows_rejected": "rows that broke it, kept with the reason",
            "usable_share": "accepted out of read",
            "is_late": "true where more time has passed than the contract allows",
            "attribution": "words that publications showing this source must carry",
        }
    ),
    order=("source",),
)

# The indicator goes through disclosure control; the others are copied as they are.
PUBLIC_TABLES = (INDICATOR, MEASURE, MEASURE_VARIANT, UNIT, SOURCE_STATUS)
