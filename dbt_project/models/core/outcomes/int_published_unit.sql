-- Grain: one unit that a publisher names, by its newest name.
select
    unit_type,
    unit_id,
    {{ latest('unit_name', 'school_year') }} as unit_name,
    case
        when max(parent_unit_id) is null then null
        when unit_type = 'school' then 'district'
        else 'state'
    end as parent_unit_type,
    {{ latest('parent_unit_id', 'school_year') }} as parent_unit_id
from {{ ref('fct_published_indicator') }}
group by unit_type, unit_id
