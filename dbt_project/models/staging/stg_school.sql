-- Grain: one school or district per source; deliveries in force only.
with staged as (
    {{ staged('school', key=['school_id']) }}
)

select
    school_id,
    organization_type,
    school_name,
    district_id,
    low_grade,
    high_grade,
    zip,
    party_id,
    source,
    delivery_id,
    as_of
from staged
