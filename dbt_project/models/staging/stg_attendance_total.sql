-- Grain: one student, school (where sent) and school year: days enrolled and absent, counted by the sender; deliveries in force only.
with staged as (
    {{ staged(
        'attendance_total',
        key=['student_id', 'student_id_system', 'school_id', 'school_year'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_id,
    school_year,
    days_enrolled,
    days_absent,
    days_absent_excused,
    days_absent_unexcused,
    days_suspended_out_of_school,
    party_id,
    source,
    delivery_id,
    as_of
from staged
