-- Grain: one mark as it was sent, with the share of the day missed; still under the ids of its student and school.
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
    {{ absence_fraction('attendance_status', 'absence_fraction') }} as absence_fraction,
    attendance_status <> 'present' or coalesce(absence_fraction, 0) > 0 as is_exception
from {{ ref('stg_attendance') }}
