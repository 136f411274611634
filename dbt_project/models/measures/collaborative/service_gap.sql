-- Grain: one row per variant × unit × eligible child × school year: 1 where the child was not served
with last_year as (
    select
        gaps.variant_id,
        chronic.person_id,
        chronic.school_year + 1 as school_year,
        max(chronic.numerator) as was_chronic,
        max(chronic.denominator) as was_counted
    from {{ ref('chronic_absence_rate') }} as chronic
    inner join {{ ref('measure_variant') }} as gaps on chronic.variant_id = gaps.eligible_variant_id
    where gaps.measure_id = 'service_gap' and chronic.unit_type = 'district'
    group by gaps.variant_id, chronic.person_id, chronic.school_year
),

children as (
    select
        variants.*,
        services.unit_type,
        services.unit_id,
        services.person_id,
        services.school_year,
        services.days,
        last_year.was_chronic,
        case
            when not services.is_known then 'no_program_records'
            when coalesce(last_year.was_counted, 0) = 0 then 'no_attendance_last_year'
        end as exclusion_reason
    from {{ ref('service_by_unit') }} as services
    cross join {{ ref('measure_variant') }} as variants
    left join last_year
        on
            services.person_id = last_year.person_id
            and services.school_year = last_year.school_year
            and variants.variant_id = last_year.variant_id
    where
        variants.measure_id = 'service_gap'
        and services.unit_type <> 'program'
        and services.grade_number between
        {{ grade_number('variants.low_grade') }} and {{ grade_number('variants.high_grade') }}
)

select
    {{ measure_row('case when ' ~ falls_within('days', 'children') ~ ' then 0 else 1 end') }}
from children
where children.exclusion_reason is not null or children.was_chronic = 1
