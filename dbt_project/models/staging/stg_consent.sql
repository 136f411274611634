-- Grain: one decision of a right-holder about one student, purpose and recipient; deliveries in force only.
with staged as (
    {{ staged(
        'consent',
        key=['student_id', 'student_id_system', 'purpose', 'recipient', 'signed_on'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    purpose,
    recipient,
    decision,
    signed_on,
    valid_to,
    party_id,
    source,
    delivery_id,
    as_of
from staged
