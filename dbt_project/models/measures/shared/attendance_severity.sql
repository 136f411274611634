-- Grain: one row per variant (a band of one authority) × unit × child × school year
with children as (
    {{ attendance_under_variant('attendance_severity') }}
)

select
    {{ measure_row('case when ' ~ falls_within('days_absent', 'children', 'days_enrolled') ~ ' then 1 else 0 end') }}
from children
