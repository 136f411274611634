-- Grain: one diploma record of a student, as reported in a school year; deliveries in force only.
with staged as (
    {{ staged(
        'diploma',
        key=['student_id', 'student_id_system', 'school_year'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_year,
    first_grade9_school_year,
    has_diploma,
    diploma_type,
    award_date,
    party_id,
    source,
    delivery_id,
    as_of
from staged
