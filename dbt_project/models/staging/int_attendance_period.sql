-- Grain: one student × school × day × period ('' for the whole day) where marks fold into days: the mark that wins, and its time.
{%- set sent_share = 'coalesce(marks.absence_fraction, ' ~ share_of('marks.minutes_absent', 'marks.minutes_scheduled') ~ ')' %}
{%- set marked_year = school_year_of('marks.attendance_date') %}
with part_time as (
    select *
    from {{ ref('stg_enrollment') }}
    where full_time_equivalency > 0 and full_time_equivalency < 1
),

marks as (
    select
        marks.student_id_issuer,
        marks.student_id_system,
        marks.student_id,
        marks.party_id,
        marks.source,
        marks.as_of,
        marks.school_id,
        marks.attendance_date,
        coalesce(marks.attendance_period, '') as period,
        marks.attendance_status,
        marks.minutes_absent,
        marks.minutes_scheduled,
        {{ absence_fraction('marks.attendance_status', sent_share) }} as share,
        coalesce(part_time.full_time_equivalency, 1) as full_time_equivalency,
        rules.scheduled_minutes,
        rules.periods_per_day,
        position(',' || marks.attendance_status || ',' in rules.precedence) as status_place
    from {{ ref('stg_attendance') }} as marks
    inner join {{ ref('int_attendance_rule') }} as rules on marks.source = rules.source
    left join part_time
        on
            marks.student_id_issuer = part_time.student_id_issuer
            and marks.student_id_system = part_time.student_id_system
            and marks.student_id = part_time.student_id
            and marks.party_id = part_time.party_id
            and coalesce(marks.school_id, part_time.school_id) = part_time.school_id
            and {{ marked_year }} = coalesce(part_time.school_year, {{ marked_year }})
            and marks.attendance_date >= coalesce(part_time.entry_date, marks.attendance_date)
            and marks.attendance_date <= coalesce(part_time.exit_date, marks.attendance_date)
    where rules.folds
),

-- Two marks of one period: the newer delivery, then the contract's precedence, then the longer time.
ranked as (
    select
        *,
        row_number() over (
            partition by student_id_issuer, student_id_system, student_id, source, school_id, attendance_date, period
            order by as_of desc, status_place asc, coalesce(share, -1) desc, coalesce(minutes_absent, -1) desc, full_time_equivalency asc
        ) as place,
        -- The sender's own length; else a part-time student's day is shorter, and a period its part of the full day.
        coalesce(
            minutes_scheduled,
            case
                when period = '' then scheduled_minutes * full_time_equivalency
                else cast(scheduled_minutes as double) / periods_per_day
            end
        ) as minutes_long
    from marks
)

select
    student_id_issuer,
    student_id_system,
    student_id,
    party_id,
    source,
    as_of,
    school_id,
    attendance_date,
    period,
    attendance_status,
    status_place,
    share,
    cast(minutes_long as decimal(18, 8)) as minutes_long,
    cast(case
        when share is null then null
        when attendance_status = 'independent_study' then 0
        when minutes_absent > 0 then minutes_absent
        else share * minutes_long
    end as decimal(18, 8)) as minutes_missed,
    full_time_equivalency
from ranked
where place = 1
