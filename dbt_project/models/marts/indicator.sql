-- Grain: one row per source kind × measure × variant × unit × school year × student group × publisher
-- Not protected: disclosure control reads this and writes what the public sees.
with figures as (
    select
        'computed' as source_kind,
        measure_id, variant_id, unit_type, unit_id, school_year, student_group, numerator, denominator, value,
        'A' as comparability,
        period_status, coverage, person_count, value_kind, excluded_count,
        cast(null as {{ dbt.type_string() }}) as publisher_marker,
        cast(null as {{ dbt.type_string() }}) as party_id
    from {{ ref('indicator_computed') }}

    union all

    select
        'publisher' as source_kind,
        measure_id, variant_id, unit_type, unit_id, school_year, student_group, numerator, denominator, value,
        comparability,
        'final' as period_status,
        cast(null as double) as coverage,
        cast(null as bigint) as person_count,
        value_kind,
        cast(null as bigint) as excluded_count,
        publisher_marker,
        party_id
    from {{ ref('indicator_published') }}
),

-- '*' in the seed stands for every variant, unit type or unit
broken as (
    select distinct figures.measure_id, figures.variant_id, figures.unit_type, figures.unit_id, figures.school_year
    from figures
    inner join {{ ref('series_break') }} as breaks
        on
            figures.measure_id = breaks.measure_id
            and figures.school_year = breaks.school_year
            and breaks.variant_id in ('*', figures.variant_id)
            and breaks.unit_type in ('*', figures.unit_type)
            and breaks.unit_id in ('*', figures.unit_id)
)

select
    figures.measure_id,
    figures.variant_id,
    figures.source_kind,
    figures.unit_type,
    figures.unit_id,
    coalesce(units.unit_name, figures.unit_id) as unit_name,
    figures.school_year,
    figures.student_group,
    figures.numerator,
    figures.denominator,
    figures.value,
    case when figures.value_kind = 'proportion' then {{ wilson('figures.numerator', 'figures.denominator', '-') }} end as ci_low,
    case when figures.value_kind = 'proportion' then {{ wilson('figures.numerator', 'figures.denominator', '+') }} end as ci_high,
    figures.comparability,
    figures.period_status,
    broken.measure_id is not null as break_in_series,
    figures.coverage,
    figures.person_count,
    figures.value_kind,
    figures.excluded_count,
    figures.publisher_marker,
    figures.party_id
from figures
left join {{ ref('unit') }} as units on figures.unit_type = units.unit_type and figures.unit_id = units.unit_id
left join broken
    on
        figures.measure_id = broken.measure_id
        and figures.variant_id = broken.variant_id
        and figures.unit_type = broken.unit_type
        and figures.unit_id = broken.unit_id
        and figures.school_year = broken.school_year
