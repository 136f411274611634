-- Grain: one delivery of a program service to a participant on a date; deliveries in force only.
with staged as (
    {{ staged(
        'program_session_attendance',
        key=['delivery_record_id', 'program_id'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    delivery_record_id,
    program_id,
    service_name,
    session_date,
    session_status,
    quantity,
    unit,
    party_id,
    source,
    delivery_id,
    as_of
from staged
