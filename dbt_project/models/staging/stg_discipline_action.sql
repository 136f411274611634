-- Grain: one disciplinary action taken on a student; deliveries in force only.
with staged as (
    {{ staged(
        'discipline_action',
        key=['student_id', 'student_id_system', 'action_id'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    action_id,
    school_id,
    action_date,
    action_type,
    days,
    party_id,
    source,
    delivery_id,
    as_of
from staged
