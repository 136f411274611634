-- Grain: one figure that a publisher printed: measure, definition, unit, school year, student group, source.
select
    measure_id,
    definition,
    unit_type,
    case
        when unit_type in ('community', 'zip') then coalesce(unit_id, unit_name)
        else party_id || ':' || coalesce(unit_id, unit_name)
    end as unit_id,
    unit_name,
    case when parent_unit_id is not null then party_id || ':' || parent_unit_id end as parent_unit_id,
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
    as_of
from {{ ref('stg_published_indicator') }}
