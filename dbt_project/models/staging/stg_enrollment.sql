-- Grain: one enrolment span of a student at a school; deliveries in force only.
with staged as (
    {{ staged(
        'enrollment',
        key=['student_id', 'student_id_system', 'school_id', 'school_year', 'grade_level', 'entry_date', 'class_id'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_id,
    school_year,
    grade_level,
    entry_date,
    exit_date,
    exit_type,
    track,
    is_primary,
    full_time_equivalency,
    class_id,
    party_id,
    source,
    delivery_id,
    as_of
from staged
