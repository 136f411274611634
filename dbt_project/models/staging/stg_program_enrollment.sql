-- Grain: one enrolment of a participant in a program; deliveries in force only.
with staged as (
    {{ staged(
        'program_enrollment',
        key=['student_id', 'student_id_system', 'program_id', 'entry_date'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    program_id,
    entry_date,
    exit_date,
    grade_level,
    role,
    stage,
    party_id,
    source,
    delivery_id,
    as_of
from staged
