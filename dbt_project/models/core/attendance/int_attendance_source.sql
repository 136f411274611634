-- Grain: one source × school year in which its attendance is in force, with how far it reaches.
select
    rules.source,
    rules.party_id,
    years.school_year,
    rules.silence_is_present,
    rules.exit_day_counts,
    max(deliveries.as_of) as reported_through
from {{ ref('int_attendance_rule') }} as rules
inner join {{ source('governance', 'delivery_feed') }} as deliveries on rules.source = deliveries.source
inner join {{ ref('dim_school_year') }} as years
    on deliveries.period = '*' or deliveries.period = cast(years.school_year as {{ dbt.type_string() }})
where deliveries.feed = 'attendance' and deliveries.in_force
group by rules.source, rules.party_id, years.school_year, rules.silence_is_present, rules.exit_day_counts
