-- Grain: one membership of a student in a program-status group, by school year or dates; deliveries in force only.
with staged as (
    {{ staged(
        'student_group',
        key=['student_id', 'student_id_system', 'school_year', 'student_group', 'begin_date'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_year,
    student_group,
    begin_date,
    end_date,
    party_id,
    source,
    delivery_id,
    as_of
from staged
