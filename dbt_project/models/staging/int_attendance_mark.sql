-- Grain: one day of a student at a school as it was marked, with the share missed; still under the ids of its student and school.
select
    marks.student_id_issuer,
    marks.student_id_system,
    marks.student_id,
    marks.party_id,
    marks.source,
    marks.as_of,
    marks.school_id as local_school_id,
    marks.attendance_date,
    {{ school_year_of('marks.attendance_date') }} as school_year,
    marks.attendance_status,
    {{ absence_fraction('marks.attendance_status', 'marks.absence_fraction') }} as absence_fraction,
    -- Asked of the mark as it came, so that millions of present days are passed over before anything is worked out.
    marks.attendance_status <> 'present' or coalesce(marks.absence_fraction, 0) > 0 as is_exception
from {{ ref('stg_attendance') }} as marks
inner join {{ ref('int_attendance_rule') }} as rules on marks.source = rules.source
where not rules.folds

union all

select
    student_id_issuer,
    student_id_system,
    student_id,
    party_id,
    source,
    as_of,
    school_id as local_school_id,
    attendance_date,
    {{ school_year_of('attendance_date') }} as school_year,
    attendance_status,
    absence_fraction,
    attendance_status <> 'present' as is_exception
from {{ ref('int_attendance_folded') }}
