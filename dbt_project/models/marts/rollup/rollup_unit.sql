-- Grain: one row per unit of any measure, numbered: the roll-up groups tens of millions of rows, and by numbers that is twice as fast
with units as (
    select unit_type, unit_id from {{ ref('unit') }}
    union
    select unit_type, unit_id from {{ ref('attendance_by_unit') }}
    union
    select unit_type, unit_id from {{ ref('service_by_unit') }}
)

select
    unit_type,
    unit_id,
    cast(row_number() over (order by unit_type, unit_id) as integer) as unit_number
from units
