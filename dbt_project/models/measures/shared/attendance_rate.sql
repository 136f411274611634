-- Grain: one row per variant × unit × child × school year: days, so that a unit's rate is a ratio of sums
with children as (
    {{ attendance_under_variant('attendance_rate') }}
)

select
    {{ measure_row(
        'days_enrolled - days_absent',
        denominator='days_enrolled',
        exclusion_reason="coalesce(exclusion_reason, case when days_absent > days_enrolled then 'absent_exceeds_enrolled' end)"
    ) }}
from children
