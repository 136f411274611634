-- Grain: one mark of a student at a school on a date; deliveries in force only.
with staged as (
    {{ staged(
        'attendance',
        key=['student_id', 'student_id_system', 'school_id', 'attendance_date'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_id,
    attendance_date,
    attendance_status,
    absence_fraction,
    party_id,
    source,
    delivery_id,
    as_of
from staged
