-- Grain: one row per unit × school year: whether the year is complete in what has arrived
with as_of as (
    select max(as_of) as as_of
    from {{ source('governance', 'delivery_feed') }}
    where in_force
),

school_units as (
    select unit_type, unit_id, school_year, max(is_to_date) as is_to_date
    from {{ ref('attendance_by_unit') }}
    group by unit_type, unit_id, school_year
),

service_units as (
    select distinct unit_type, unit_id, school_year
    from {{ ref('service_by_unit') }}
)

select
    coalesce(school_units.unit_type, service_units.unit_type) as unit_type,
    coalesce(school_units.unit_id, service_units.unit_id) as unit_id,
    coalesce(school_units.school_year, service_units.school_year) as school_year,
    case
        when school_units.is_to_date = 1 then 'to_date'
        when school_units.is_to_date is null and as_of.as_of < {{ school_year_end('service_units.school_year') }} then 'to_date'
        else 'final'
    end as period_status
from school_units
full outer join service_units
    on
        school_units.unit_type = service_units.unit_type
        and school_units.unit_id = service_units.unit_id
        and school_units.school_year = service_units.school_year
cross join as_of
