-- Grain: one day per school and track; deliveries in force only.
with staged as (
    {{ staged('calendar_day', key=['school_id', 'track', 'calendar_date']) }}
)

select
    school_id,
    track,
    calendar_date,
    is_instructional,
    party_id,
    source,
    delivery_id,
    as_of
from staged
