-- Grain: one row per computed measure × variant, numbered
select
    measure_id,
    variant_id,
    value_kind,
    cast(row_number() over (order by measure_id, variant_id) as integer) as variant_number
from {{ ref('measure_variant_catalogue') }}
where source_kind = 'computed'
