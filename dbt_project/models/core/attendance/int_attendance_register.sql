-- Grain: one school × school year from which attendance came, with the rule that holds there.
with reported as (
    select distinct source, school_id, school_year from {{ ref('fct_attendance') }}
    union
    select distinct source, school_id, school_year from {{ ref('attendance_recorded_month') }}
)

select
    reported.school_id,
    reported.school_year,
    -- Two sources for one school: presence is inferred only where both allow it.
    min(case when sources.silence_is_present then 1 else 0 end) = 1 as silence_is_present,
    max(case when sources.exit_day_counts then 1 else 0 end) = 1 as exit_day_counts,
    max(sources.reported_through) as reported_through
from reported
inner join {{ ref('int_attendance_source') }} as sources
    on reported.source = sources.source and reported.school_year = sources.school_year
where reported.school_id is not null
group by reported.school_id, reported.school_year
