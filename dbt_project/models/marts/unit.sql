-- Grain: one row per unit a number can be about
select
    unit_type,
    unit_id,
    unit_name,
    parent_unit_type,
    parent_unit_id
from {{ ref('dim_unit') }}

union all

select
    'zip',
    'unknown',
    'zip not known',
    null,
    null
