-- Grain: one program of an organisation; deliveries in force only.
with staged as (
    {{ staged('program', key=['program_id']) }}
)

select
    program_id,
    program_name,
    organization_name,
    issue_area,
    serves_low_grade,
    serves_high_grade,
    zip,
    party_id,
    source,
    delivery_id,
    as_of
from staged
