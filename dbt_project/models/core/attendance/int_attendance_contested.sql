-- Grain: one person × school year in which two schools report overlapping times; only these are counted day by day.
with stretches as (
    select person_id, school_year, first_day, last_day
    from {{ ref('int_attendance_span') }}
    where silence_is_present
    union all
    select
        person_id,
        school_year,
        min(month_begins_on) as first_day,
        max({{ dbt.last_day('month_begins_on', 'month') }}) as last_day
    from {{ ref('attendance_recorded_month') }}
    group by person_id, party_id, school_id, school_year
),

reached as (
    select
        person_id,
        school_year,
        first_day,
        max(last_day) over (
            partition by person_id, school_year
            order by first_day, last_day
            rows between unbounded preceding and 1 preceding
        ) as reached_day
    from stretches
)

select distinct person_id, school_year
from reached
where first_day <= reached_day
