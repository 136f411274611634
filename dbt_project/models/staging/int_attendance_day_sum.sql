-- Grain: one student × school × day where marks fold into days: what was missed and known of it, and which mark names it.
{%- set day = 'student_id_issuer, student_id_system, student_id, party_id, source, school_id, attendance_date' %}

with marks as (
    select
        marks.*,
        rules.day_rule,
        rules.official_period,
        case when rules.day_rule = 'minutes' then marks.minutes_missed else marks.share end as missed
    from {{ ref('int_attendance_period') }} as marks
    inner join {{ ref('int_attendance_rule') }} as rules on marks.source = rules.source
),

-- What each kind of mark took of the day; under "worst" every mark stands alone.
weighed as (
    select
        *,
        case
            when day_rule = 'worst' then coalesce(missed, -1)
            else coalesce(sum(missed) over (partition by {{ day }}, attendance_status), -1)
        end as weight,
        -- A known mark of the whole day goes before marks of periods; beside minutes it gives the time and they the kind.
        case
            when day_rule = 'minutes' then case when period = '' then 1 else 0 end
            when day_rule = 'worst' or (period = '' and share is not null) then 0
            else 1
        end as reach,
        case
            when day_rule <> 'first' or period = official_period then ''
            when official_period is null and period <> '' then substring(cast(length(period) + 100 as {{ dbt.type_string() }}), 2) || period
            else '~'
        end as first_order
    from marks
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ day }}
            order by
                case when day_rule = 'minutes' and weight <= 0 then 1 else 0 end asc,
                reach asc,
                first_order asc,
                weight desc,
                status_place asc,
                period asc
        ) as place
    from weighed
)

select
    {{ day }},
    max(as_of) as as_of,
    max(case when place = 1 then attendance_status end) as attendance_status,
    max(case when place = 1 then share end) as share,
    max(case when place = 1 and (period = '' or period = coalesce(official_period, period)) then 1 else 0 end) as is_official,
    max(case when period = '' then share end) as day_share,
    max(case when period = '' and share is null then 1 else 0 end) as is_day_unknown,
    max(case when period = '' then minutes_missed end) as day_minutes_missed,
    max(case when period = '' and share is not null then minutes_long end) as day_minutes_long,
    coalesce(sum(case when period <> '' then share end), 0) as periods_missed,
    sum(case when period <> '' and share is not null then 1 else 0 end) as periods_known,
    sum(case when period <> '' and share is null then 1 else 0 end) as periods_unknown,
    coalesce(sum(case when period <> '' then minutes_missed end), 0) as minutes_missed,
    sum(case when period <> '' and share is not null then minutes_long else 0 end) as minutes_known,
    sum(case when period <> '' and share is null then minutes_long else 0 end) as minutes_unknown,
    min(full_time_equivalency) as full_time_equivalency
from ranked
group by {{ day }}
