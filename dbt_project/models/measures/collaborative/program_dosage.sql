-- Grain: one row per variant × unit × child × school year: how much, of those who attended at least once
with served as (
    select
        variants.*,
        children.unit_type,
        children.unit_id,
        children.person_id,
        children.school_year,
        cast(case when variants.quantity = 'hours' then children.hours else children.days end as decimal(12, 4)) as dose
    from {{ ref('service_by_unit') }} as children
    cross join {{ ref('measure_variant') }} as variants
    where variants.measure_id = 'program_dosage' and children.days > 0
)

select
    {{ measure_row(
        "case when value_kind = 'ratio' then dose when " ~ falls_within('dose', 'served') ~ ' then 1 else 0 end',
        exclusion_reason="case when dose is null then 'hours_not_recorded' end"
    ) }}
from served
