-- Grain: one row per variant × unit × child × school year
with children as (
    {{ attendance_under_variant('chronic_absence_rate') }}
)

select
    {{ measure_row(
        'case when ' ~ falls_within(
            'days_absent', 'children', "case when quantity = 'absent_share' then days_enrolled else 1 end"
        ) ~ ' then 1 else 0 end'
    ) }}
from children
