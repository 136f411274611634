-- Grain: one mark of a student at a school on a date, and in a period where the source marks periods; deliveries in force only.
with staged as (
    {{ staged(
        'attendance',
        key=['student_id', 'student_id_system', 'school_id', 'attendance_date', 'attendance_period'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_id,
    attendance_date,
    attendance_period,
    attendance_status,
    absence_fraction,
    minutes_absent,
    minutes_scheduled,
    party_id,
    source,
    delivery_id,
    as_of
from staged
