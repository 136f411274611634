-- Grain: one student × school × day where marks fold into days, by the rule of the source's contract (docs/attendance.md).
{{ config(materialized='table') }}

-- The student's own day as far as it is known: of a register of exceptions the full day less what has no mark but "nobody knows".
with known as (
    select
        days.*,
        rules.day_rule,
        rules.scheduled_minutes as full_day,
        rules.half_day_minutes,
        rules.whole_day_minutes,
        rules.periods_per_day * days.full_time_equivalency as full_periods,
        rules.scheduled_minutes * days.full_time_equivalency as full_minutes,
        rules.silence_is_present and days.is_day_unknown = 0 as silence_is_present
    from {{ ref('int_attendance_day_sum') }} as days
    inner join {{ ref('int_attendance_rule') }} as rules on days.source = rules.source
),

scheduled as (
    select
        *,
        case
            when silence_is_present then greatest(full_periods, periods_known + periods_unknown) - periods_unknown
            else periods_known
        end as periods,
        cast(coalesce(day_minutes_missed, minutes_missed) as decimal(18, 4)) as missed,
        cast(case
            when day_minutes_long is not null then day_minutes_long
            when silence_is_present then greatest(full_minutes, minutes_known + minutes_unknown) - minutes_unknown
            else minutes_known
        end as decimal(18, 4)) as minutes
    from known
),

timed as (
    select
        *,
        case
            when minutes <= 0 then null
            when missed >= minutes then 1
            when half_day_minutes is null and whole_day_minutes is null then {{ share_of('missed', 'minutes') }}
            -- Thresholds are of a full day; on a shorter one they shrink with it.
            when missed * full_day >= whole_day_minutes * least(minutes, full_day) then 1
            when missed * full_day >= half_day_minutes * least(minutes, full_day) then 0.5
            else 0
        end as share_of_minutes
    from scheduled
),

judged as (
    select
        *,
        cast(case
            when day_rule = 'worst' then share
            when day_rule = 'first' and is_official = 1 then share
            when day_rule = 'first' then case when silence_is_present then 0 end
            when day_rule = 'minutes' then share_of_minutes
            when day_share is not null then day_share
            when periods <= 0 then null
            when day_rule = 'majority' then case when periods_missed * 2 > periods then 1 else 0 end
            else {{ share_of('periods_missed', 'periods') }}
        end as decimal(9, 8)) as absence_fraction
    from timed
)

select
    student_id_issuer,
    student_id_system,
    student_id,
    party_id,
    source,
    as_of,
    school_id,
    attendance_date,
    -- A day of which nothing was missed is no absence; a day that nobody knows is not present.
    case
        when absence_fraction is null then case when attendance_status = 'unknown' then 'unknown' else 'not_taken' end
        when absence_fraction > 0 then case when attendance_status = 'present' then 'partial' else attendance_status end
        when attendance_status in ('absent', 'absent_excused', 'absent_unexcused', 'suspended_out_of_school') then 'partial'
        when attendance_status in ('not_taken', 'unknown') then 'present'
        else attendance_status
    end as attendance_status,
    absence_fraction
from judged
