-- Grain: one statistic of a place and period; deliveries in force only.
with staged as (
    {{ staged('community_context', key=['statistic_id', 'unit_type', 'unit_id', 'period']) }}
)

select
    statistic_id,
    unit_type,
    unit_id,
    unit_name,
    period,
    value,
    margin_of_error,
    value_marker,
    party_id,
    source,
    delivery_id,
    as_of
from staged
