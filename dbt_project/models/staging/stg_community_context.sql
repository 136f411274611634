-- Grain: one statistic of a place and period; deliveries in force only.
with staged as (
    {{ staged('community_context', key=['statistic_id', 'unit_type', 'unit_id', 'period']) }}
)

select
    statistic_id,
    unit_type,
    unit_id,
    unit_name,
    parent_unit_id,
    period,
    value,
    value_low,
    value_high,
    margin_of_error,
    value_marker,
    party_id,
    source,
    delivery_id,
    as_of
from staged
