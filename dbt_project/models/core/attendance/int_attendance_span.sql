-- Grain: one unbroken stretch of days that a person was enrolled at a school and track, cut to the days reported on.
with tracks as (
    select school_id, school_year, min(track) as only_track
    from {{ ref('calendar_cumulative') }}
    group by school_id, school_year
    having count(distinct track) = 1
),

track_named as (
    select distinct school_id, school_year, track
    from {{ ref('calendar_cumulative') }}
),

spans as (
    select
        enrollment.person_id,
        enrollment.party_id,
        enrollment.school_id,
        enrollment.school_year,
        coalesce(track_named.track, tracks.only_track) as track,
        {{ primary_rank('enrollment.is_primary') }} as primary_rank,
        register.silence_is_present,
        coalesce(enrollment.entry_date, years.begins_on) as first_day,
        least(
            register.reported_through,
            years.ends_on,
            case
                when enrollment.exit_date is null then years.ends_on
                when register.exit_day_counts then enrollment.exit_date
                else {{ add_days('enrollment.exit_date', -1) }}
            end
        ) as last_day
    from {{ ref('fct_enrollment') }} as enrollment
    inner join {{ ref('int_attendance_register') }} as register
        on enrollment.school_id = register.school_id and enrollment.school_year = register.school_year
    inner join {{ ref('dim_school_year') }} as years on enrollment.school_year = years.school_year
    left join tracks on enrollment.school_id = tracks.school_id and enrollment.school_year = tracks.school_year
    left join track_named
        on
            enrollment.school_id = track_named.school_id
            and enrollment.school_year = track_named.school_year
            and coalesce(enrollment.track, '') = track_named.track
),

-- Spans of one school that overlap (two sources, two grades) are one stretch.
reached as (
    select
        *,
        max(last_day) over (
            partition by person_id, school_id, school_year, track
            order by first_day, last_day
            rows between unbounded preceding and 1 preceding
        ) as reached_day
    from spans
    where track is not null and first_day <= last_day
),

stretches as (
    select
        *,
        sum(case when first_day <= reached_day then 0 else 1 end) over (
            partition by person_id, school_id, school_year, track
            order by first_day, last_day
            rows between unbounded preceding and current row
        ) as stretch
    from reached
)

select
    person_id,
    party_id,
    school_id,
    school_year,
    track,
    silence_is_present,
    max(primary_rank) as primary_rank,
    min(first_day) as first_day,
    max(last_day) as last_day
from stretches
group by person_id, party_id, school_id, school_year, track, silence_is_present, stretch
