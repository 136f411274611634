-- Grain: one row per unit type × unit × child × school year: who belongs to it, with or without attendance
with placed as (
    select
        enrolled.person_id,
        enrolled.school_id,
        enrolled.district_id,
        parties.community_id,
        people.zip,
        enrolled.school_year,
        {{ grade_number('enrolled.grade_level') }} as grade_number
    from {{ ref('fct_enrollment') }} as enrolled
    inner join {{ ref('dim_organization') }} as parties on enrolled.party_id = parties.party_id
    inner join {{ ref('dim_person') }} as people on enrolled.person_id = people.person_id
    union
    select
        person_id,
        school_id,
        district_id,
        community_id,
        zip,
        school_year,
        {{ grade_number('grade_level') }} as grade_number
    from {{ ref('fct_attendance_year') }}
)

{% for unit_type, unit_id in child_units().items() -%}
select
    '{{ unit_type }}' as unit_type,
    {{ unit_id }} as unit_id,
    person_id,
    school_year,
    max(grade_number) as grade_number
from placed
where {{ unit_id }} is not null
group by {{ unit_id }}, person_id, school_year
{% if not loop.last %}
union all

{% endif %}
{%- endfor %}
