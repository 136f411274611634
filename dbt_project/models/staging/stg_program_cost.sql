-- Grain: one cost line of a program in a school year; deliveries in force only.
with staged as (
    {{ staged('program_cost', key=['program_id', 'school_year', 'cost_category']) }}
)

select
    program_id,
    school_year,
    cost_category,
    amount,
    party_id,
    source,
    delivery_id,
    as_of
from staged
