-- Grain: one source with what its silence means and how its marks become days. Only a register of exceptions can mean "present" by silence.
select
    source,
    party_id,
    attendance_register = 'negative' and attendance_silence = 'present' as silence_is_present,
    coalesce(exit_day_counts, false) as exit_day_counts,
    coalesce(attendance_folds, false) as folds,
    ',' || attendance_precedence || ',' as precedence,
    day_rule,
    case when day_rule = 'halves' then 2 else periods_per_day end as periods_per_day,
    scheduled_minutes,
    half_day_minutes,
    whole_day_minutes,
    official_period
from {{ source('governance', 'source') }}
