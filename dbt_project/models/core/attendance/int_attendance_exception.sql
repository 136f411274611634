-- Grain: one mark that is not simply present, under its person and at a school where one is known.
{{ config(materialized='ephemeral') }}

with marks as (
    select
        person_key.person_id,
        marks.party_id,
        marks.source,
        marks.as_of,
        coalesce(marks.party_id || ':' || marks.local_school_id, only_school.school_id) as school_id,
        marks.school_year,
        marks.attendance_date,
        marks.attendance_status,
        marks.absence_fraction
    from {{ ref('int_attendance_mark') }} as marks
    {{ person_join('marks') }}
    left join {{ ref('int_only_school') }} as only_school
        on
            person_key.person_id = only_school.person_id
            and marks.party_id = only_school.party_id
            and marks.school_year = only_school.school_year
    where marks.is_exception
),

-- A mark without a school, of a child with several: where the child was enrolled that day, the primary school, then the newer.
placed as (
    select
        marks.person_id,
        marks.party_id,
        marks.attendance_date,
        enrollment.school_id,
        row_number() over (
            partition by marks.person_id, marks.party_id, marks.attendance_date
            order by {{ primary_rank('enrollment.is_primary') }} desc, enrollment.entry_date desc, enrollment.school_id asc
        ) as place
    from marks
    inner join {{ ref('int_attendance_rule') }} as rules on marks.source = rules.source
    inner join {{ ref('fct_enrollment') }} as enrollment
        on
            marks.person_id = enrollment.person_id
            and marks.party_id = enrollment.party_id
            and marks.school_year = enrollment.school_year
            and marks.attendance_date >= coalesce(enrollment.entry_date, marks.attendance_date)
            and marks.attendance_date <= coalesce(enrollment.exit_date, marks.attendance_date)
    where marks.school_id is null and enrollment.school_id is not null and rules.silence_is_present
)

select
    marks.person_id,
    marks.party_id,
    marks.source,
    marks.as_of,
    coalesce(marks.school_id, placed.school_id) as school_id,
    marks.school_year,
    marks.attendance_date,
    marks.attendance_status,
    marks.absence_fraction
from marks
left join placed
    on
        marks.school_id is null
        and marks.person_id = placed.person_id
        and marks.party_id = placed.party_id
        and marks.attendance_date = placed.attendance_date
        and placed.place = 1
