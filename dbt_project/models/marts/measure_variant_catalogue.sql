-- Grain: one row per measure × variant: the hub's variants, the one variant of a measure without any in the seed, and the
-- definitions publishers use; these explain every variant_id of indicator
{{ config(alias='measure_variant') }}
{%- set parameters = [
    'quantity', 'from_value', 'from_inclusive', 'to_value', 'to_inclusive', 'min_days', 'min_days_inclusive',
    'needs_attended_day', 'half_day_rule', 'missing_rule', 'counted_absences', 'low_grade', 'high_grade', 'school_only',
] %}
with described as (
    select
        measure_id,
        variant_id,
        variant_name,
        authority,
        'computed' as source_kind,
        'A' as comparability,
        is_default,
        value_kind,
        n_min,
        source_ref,
        note
    from {{ ref('measure_variant') }}
    {%- for entry in catalogue_entries() %}

    union all

    select
        '{{ entry.measure_id }}', 'HUB', '{{ entry.formula | replace("'", "''") }}', 'Data hub', 'computed', 'A',
        true, '{{ entry.value_kind or "proportion" }}', 10, '{{ entry.source | replace("'", "''") }}', cast(null as {{ dbt.type_string() }})
    where not exists (
        select 1 from {{ ref('measure_variant') }} as seeded
        where seeded.measure_id = '{{ entry.measure_id }}'
    )
    {%- endfor %}

    union all

    select
        measure_id, variant_id, variant_name, authority, 'publisher', comparability, false, value_kind,
        cast(null as integer), source_ref, note
    from {{ ref('publisher_variant') }}
)

select
    described.*,
    {%- for column in parameters %}
    variants.{{ column }},
    {%- endfor %}
    variants.eligible_variant_id
from described
left join {{ ref('measure_variant') }} as variants
    on
        described.measure_id = variants.measure_id
        and described.variant_id = variants.variant_id
        and described.source_kind = 'computed'
