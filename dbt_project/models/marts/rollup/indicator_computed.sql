-- Grain: one row per measure × variant × unit × school year × student group, computed here from children
with grouped as (
    select
        totals.variant_number,
        totals.unit_number,
        totals.school_year,
        members.group_number,
        sum(totals.numerator) as numerator,
        sum(totals.denominator) as denominator,
        sum(case when totals.exclusion_reason is null then totals.person_count else 0 end) as person_count,
        sum(case when totals.exclusion_reason is null then 0 else totals.person_count end) as excluded_count
    from {{ ref('measure_total') }} as totals
    inner join {{ ref('group_profile_member') }} as members on totals.profile_id = members.profile_id
    group by 1, 2, 3, 4
),

groups as (
    select distinct group_number, student_group
    from {{ ref('group_profile_member') }}
)

select
    variants.measure_id,
    variants.variant_id,
    units.unit_type,
    units.unit_id,
    cast(grouped.school_year as bigint) as school_year,
    groups.student_group,
    cast(grouped.numerator as double) as numerator,
    cast(grouped.denominator as double) as denominator,
    case
        when grouped.denominator > 0 then cast(grouped.numerator as double) / cast(grouped.denominator as double)
    end as value,
    coalesce(periods.period_status, 'final') as period_status,
    cast(grouped.person_count as double) / cast(grouped.person_count + grouped.excluded_count as double) as coverage,
    cast(grouped.person_count as bigint) as person_count,
    cast(grouped.excluded_count as bigint) as excluded_count,
    variants.value_kind
from grouped
inner join groups on grouped.group_number = groups.group_number
inner join {{ ref('rollup_variant') }} as variants on grouped.variant_number = variants.variant_number
inner join {{ ref('rollup_unit') }} as units on grouped.unit_number = units.unit_number
left join {{ ref('unit_period') }} as periods
    on
        units.unit_type = periods.unit_type
        and units.unit_id = periods.unit_id
        and grouped.school_year = periods.school_year
