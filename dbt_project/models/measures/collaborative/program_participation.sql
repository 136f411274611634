-- Grain: one row per variant × unit × child × school year: reached, of those enrolled (of a program: of those who came or signed up)
select
    {{ measure_row(
        'case when ' ~ falls_within(
            "case when variants.quantity = 'registrations' then children.registrations else children.days end", 'variants'
        ) ~ ' then 1 else 0 end',
        exclusion_reason="case when not children.is_known then 'no_program_records' end"
    ) }}
from {{ ref('service_by_unit') }} as children
cross join {{ ref('measure_variant') }} as variants
where variants.measure_id = 'program_participation'
