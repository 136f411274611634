-- Grain: one day of a school year × school × track ('' where the calendar has no tracks), with the instructional days so far.
with sent as (
    select
        party_id || ':' || school_id as school_id,
        coalesce(track, '') as track,
        {{ school_year_of('calendar_date') }} as school_year,
        calendar_date,
        max(case when is_instructional then 1 else 0 end) as is_instructional
    from {{ ref('stg_calendar_day') }}
    group by party_id, school_id, coalesce(track, ''), calendar_date
),

years as (
    select distinct school_id, track, school_year
    from sent
)

select
    years.school_id,
    years.track,
    years.school_year,
    dates.calendar_date,
    coalesce(sent.is_instructional, 0) = 1 as is_instructional,
    cast(sum(coalesce(sent.is_instructional, 0)) over (
        partition by years.school_id, years.track, years.school_year
        order by dates.calendar_date
        rows between unbounded preceding and current row
    ) as bigint) as instructional_days_to_date
from years
inner join {{ ref('dim_date') }} as dates on years.school_year = dates.school_year
left join sent
    on
        years.school_id = sent.school_id
        and years.track = sent.track
        and dates.calendar_date = sent.calendar_date
