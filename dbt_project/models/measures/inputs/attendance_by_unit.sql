-- Grain: one row per unit type × unit × child × school year: days over all the schools of the child that the unit covers
{%- set days = [
    'days_enrolled', 'days_absent', 'days_absent_whole', 'days_absent_full', 'days_absent_excused',
    'days_suspended_out_of_school', 'days_independent_study', 'days_not_marked',
] %}
with child_years as (
    select
        *,
        {{ grade_number('grade_level') }} as grade_number,
        case when period_status = 'to_date' then 1 else 0 end as is_to_date
    from {{ ref('fct_attendance_year') }}
)

{% for unit_type, unit_id in child_units().items() -%}
select
    '{{ unit_type }}' as unit_type,
    {{ unit_id }} as unit_id,
    person_id,
    school_year,
    max(grade_number) as grade_number,
    -- a part of the year without the column leaves the whole year without it
    {%- for column in days %}
    case when count({{ column }}) = count(*) then cast(sum({{ column }}) as decimal(12, 4)) end as {{ column }},
    {%- endfor %}
    max(is_to_date) as is_to_date
from child_years
where {{ unit_id }} is not null
group by {{ unit_id }}, person_id, school_year
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
