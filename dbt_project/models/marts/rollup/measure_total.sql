-- Grain: one row per variant × unit × school year × group profile × exclusion reason, over all measures there are
{{ check_measures() }}
{%- for measure in measure_names() %}
select
    variants.variant_number,
    units.unit_number,
    cast(children.school_year as integer) as school_year,
    coalesce(profiles.profile_id, 0) as profile_id,
    children.exclusion_reason,
    cast(sum(children.numerator) as decimal(18, 4)) as numerator,
    cast(sum(children.denominator) as decimal(18, 4)) as denominator,
    cast(count(*) as bigint) as person_count
from {{ ref(measure) }} as children
left join {{ ref('rollup_variant') }} as variants
    on children.measure_id = variants.measure_id and children.variant_id = variants.variant_id
left join {{ ref('rollup_unit') }} as units
    on children.unit_type = units.unit_type and children.unit_id = units.unit_id
left join {{ ref('group_profile') }} as profiles
    on children.person_id = profiles.person_id and children.school_year = profiles.school_year
group by 1, 2, 3, 4, 5
{%- if not loop.last %}

union all
{% endif %}
{%- endfor %}
