-- Grain: one person × school × school year with its days, counted from the calendar or from marked days.
with absent as (
    -- Where silence means present, a mark counts if the child was enrolled and school was held.
    select marks.person_id, marks.party_id, marks.school_id, marks.school_year, {{ absence_counts() }}
    from {{ ref('fct_attendance') }} as marks
    inner join {{ ref('int_attendance_span') }} as spans
        on
            marks.person_id = spans.person_id
            and marks.school_id = spans.school_id
            and marks.attendance_date between spans.first_day and spans.last_day
    inner join {{ ref('calendar_cumulative') }} as days
        on
            spans.school_id = days.school_id
            and spans.track = days.track
            and marks.attendance_date = days.calendar_date
    where spans.silence_is_present and days.is_instructional
    group by marks.person_id, marks.party_id, marks.school_id, marks.school_year
    union all
    -- Elsewhere the mark itself says that the day was one.
    select marks.person_id, marks.party_id, marks.school_id, marks.school_year, {{ absence_counts() }}
    from {{ ref('fct_attendance') }} as marks
    inner join {{ ref('int_attendance_source') }} as sources
        on marks.source = sources.source and marks.school_year = sources.school_year
    where not sources.silence_is_present
    group by marks.person_id, marks.party_id, marks.school_id, marks.school_year
),

days as (
    select person_id, party_id, school_id, school_year, 'calendar' as basis, days
    from {{ ref('int_attendance_expected') }}
    where silence_is_present
    union all
    select person_id, party_id, school_id, school_year, 'recorded' as basis, sum(bit_count(marked_days)) as days
    from {{ ref('attendance_recorded_month') }}
    group by person_id, party_id, school_id, school_year
),

contested as (
    select person_id, party_id, school_id, school_year, min(basis) as basis, {{ absence_counts() }}, count(*) as days
    from {{ ref('int_attendance_contested_day') }}
    group by person_id, party_id, school_id, school_year
)

select
    days.person_id,
    days.party_id,
    days.school_id,
    days.school_year,
    days.basis,
    {%- for column in absence_columns() %}
    coalesce(absent.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    days.days
from days
left join absent
    on
        days.person_id = absent.person_id
        and days.school_year = absent.school_year
        and coalesce(days.school_id, days.party_id) = coalesce(absent.school_id, absent.party_id)
left join {{ ref('int_attendance_contested') }} as overlapping
    on days.person_id = overlapping.person_id and days.school_year = overlapping.school_year
where overlapping.person_id is null
union all
select * from contested
