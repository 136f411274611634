-- Grain: one source with what its silence means. Only a register of exceptions can mean "present" by it.
select
    source,
    party_id,
    attendance_register = 'negative' and attendance_silence = 'present' as silence_is_present,
    coalesce(exit_day_counts, false) as exit_day_counts
from {{ source('governance', 'source') }}
