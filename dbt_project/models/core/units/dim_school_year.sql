-- Grain: one school year, named by the year it ends.
select
    school_year,
    cast(school_year - 1 as {{ dbt.type_string() }}) || '-' || right(cast(school_year as {{ dbt.type_string() }}), 2) as label,
    min(calendar_date) as begins_on,
    max(calendar_date) as ends_on
from {{ ref('dim_date') }}
group by school_year
