-- Grain: one day, 1990-07-01 to 2051-06-30.
with days as (
    {{ days_between("date '1990-07-01'", "date '2051-06-30'") }}
)

select
    calendar_date,
    {{ school_year_of('calendar_date') }} as school_year,
    cast({{ dbt.date_trunc('month', 'calendar_date') }} as date) as month_begins_on,
    {{ day_bit('calendar_date') }} as day_bit
from days
