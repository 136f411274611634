-- Grain: one figure a publisher printed: measure, definition, unit, school year, group; deliveries in force only.
with staged as (
    {{ staged(
        'published_indicator',
        key=['measure_id', 'definition', 'unit_type', 'unit_id', 'unit_name', 'school_year', 'student_group'],
    ) }}
)

select
    measure_id,
    definition,
    unit_type,
    unit_id,
    unit_name,
    parent_unit_id,
    school_year,
    student_group,
    numerator,
    denominator,
    value,
    numerator_low,
    numerator_high,
    denominator_low,
    denominator_high,
    value_low,
    value_high,
    numerator_marker,
    denominator_marker,
    value_marker,
    party_id,
    source,
    delivery_id,
    as_of
from staged
