-- Grain: one row per measure × variant × unit × school year × student group × reason a child was set aside
with grouped as (
    select
        totals.variant_number,
        totals.unit_number,
        totals.school_year,
        members.group_number,
        totals.exclusion_reason,
        cast(sum(totals.person_count) as bigint) as person_count
    from {{ ref('measure_total') }} as totals
    inner join {{ ref('group_profile_member') }} as members on totals.profile_id = members.profile_id
    where totals.exclusion_reason is not null
    group by 1, 2, 3, 4, 5
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
    grouped.exclusion_reason,
    grouped.person_count
from grouped
inner join groups on grouped.group_number = groups.group_number
inner join {{ ref('rollup_variant') }} as variants on grouped.variant_number = variants.variant_number
inner join {{ ref('rollup_unit') }} as units on grouped.unit_number = units.unit_number
