-- Grain: one final mark of a student in a course and term; deliveries in force only.
with staged as (
    {{ staged(
        'course_mark',
        key=['student_id', 'student_id_system', 'course_id', 'term', 'school_year'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    course_id,
    term,
    school_year,
    course_title,
    subject,
    mark,
    credits_attempted,
    credits_earned,
    party_id,
    source,
    delivery_id,
    as_of
from staged
