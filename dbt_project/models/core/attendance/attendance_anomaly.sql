-- Grain: one kind of doubtful attendance × party × school year, with how many rows are of that kind. Nothing is corrected.
with found as (
    select party_id, school_year, 'days_absent_above_days_enrolled' as anomaly
    from {{ ref('fct_attendance_year') }}
    where days_absent > days_enrolled
    union all
    select party_id, school_year, 'days_enrolled_above_366' as anomaly
    from {{ ref('fct_attendance_year') }}
    where days_enrolled > 366
    union all
    -- Marks of an exceptions-only register that no enrolled, instructional day can take up.
    select marks.party_id, marks.school_year, 'mark_on_no_school_day' as anomaly
    from {{ ref('fct_attendance') }} as marks
    inner join {{ ref('int_attendance_source') }} as sources
        on marks.source = sources.source and marks.school_year = sources.school_year
    left join {{ ref('int_attendance_span') }} as spans
        on
            marks.person_id = spans.person_id
            and marks.school_id = spans.school_id
            and marks.attendance_date between spans.first_day and spans.last_day
    left join {{ ref('calendar_cumulative') }} as days
        on
            spans.school_id = days.school_id
            and spans.track = days.track
            and marks.attendance_date = days.calendar_date
    where sources.silence_is_present and coalesce(days.is_instructional, false) = false
    union all
    -- A register not taken, or a code that the contract does not know: the day counts neither way.
    select party_id, school_year, 'mark_nobody_knows' as anomaly
    from {{ ref('fct_attendance') }}
    where absence_fraction is null
    union all
    -- The party reports attendance in that year, yet none came for the school, or no calendar covers it.
    select enrollment.party_id, enrollment.school_year, 'enrollment_without_attendance' as anomaly
    from {{ ref('fct_enrollment') }} as enrollment
    where
        exists (
            select 1
            from {{ ref('fct_attendance_year') }} as days
            where
                days.party_id = enrollment.party_id
                and days.school_year = enrollment.school_year
                and days.basis <> 'total'
        )
        and not exists (
            select 1
            from {{ ref('fct_attendance_year') }} as days
            where
                days.person_id = enrollment.person_id
                and days.party_id = enrollment.party_id
                and days.school_year = enrollment.school_year
        )
)

select
    party_id,
    school_year,
    anomaly,
    count(*) as row_count
from found
group by party_id, school_year, anomaly
