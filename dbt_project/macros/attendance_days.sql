{#
  One row per person and day: the days expected of the calendar where silence means present, the marked days elsewhere.
  A day that two schools report counts once: a known mark goes before an unknown one, then the primary school, then the
  school entered last. `persons` limits the work to the person-years of another relation.
#}
{% macro attendance_days(persons=none) -%}
with days as (
    select
        spans.person_id,
        spans.party_id,
        spans.school_id,
        spans.school_year,
        calendar.calendar_date,
        spans.primary_rank,
        spans.first_day as entered_on,
        'calendar' as basis
    from {{ ref('int_attendance_span') }} as spans
    {{ _only_persons('spans', persons) }}
    inner join {{ ref('calendar_cumulative') }} as calendar
        on
            spans.school_id = calendar.school_id
            and spans.track = calendar.track
            and spans.school_year = calendar.school_year
            and calendar.calendar_date between spans.first_day and spans.last_day
    where spans.silence_is_present and calendar.is_instructional

    union all

    select
        months.person_id,
        months.party_id,
        months.school_id,
        months.school_year,
        dates.calendar_date,
        coalesce(enrolled.primary_rank, 1) as primary_rank,
        coalesce(enrolled.entry_date, dates.calendar_date) as entered_on,
        'recorded' as basis
    from {{ ref('attendance_recorded_month') }} as months
    {{ _only_persons('months', persons) }}
    inner join {{ ref('dim_date') }} as dates
        on
            months.month_begins_on = dates.month_begins_on
            and (months.marked_days & dates.day_bit) <> 0
    left join (
        select
            person_id,
            school_id,
            school_year,
            max({{ primary_rank('is_primary') }}) as primary_rank,
            max(entry_date) as entry_date
        from {{ ref('fct_enrollment') }}
        group by person_id, school_id, school_year
    ) as enrolled
        on
            months.person_id = enrolled.person_id
            and months.school_id = enrolled.school_id
            and months.school_year = enrolled.school_year
),

ranked as (
    select
        days.*,
        coalesce(marks.attendance_status, 'present') as attendance_status,
        case when marks.person_id is null then cast(0 as decimal(9, 8)) else marks.absence_fraction end as absence_fraction,
        row_number() over (
            partition by days.person_id, days.calendar_date
            order by
                case when marks.person_id is not null and marks.absence_fraction is null then 1 else 0 end,
                days.primary_rank desc,
                days.entered_on desc,
                days.school_id,
                days.basis
        ) as place
    from days
    left join {{ ref('fct_attendance') }} as marks
        on
            days.person_id = marks.person_id
            and coalesce(days.school_id, days.party_id) = coalesce(marks.school_id, marks.party_id)
            and days.calendar_date = marks.attendance_date
)

select
    person_id,
    party_id,
    school_id,
    school_year,
    calendar_date as attendance_date,
    attendance_status,
    absence_fraction,
    basis
from ranked
where place = 1
{%- endmacro %}


{% macro _only_persons(row, persons) -%}
    {%- if persons is not none -%}
    inner join {{ persons }} as wanted
        on {{ row }}.person_id = wanted.person_id and {{ row }}.school_year = wanted.school_year
    {%- endif %}
{%- endmacro %}
