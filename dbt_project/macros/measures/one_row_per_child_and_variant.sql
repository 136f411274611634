{# A measure's grain. One variant stands for all: variants multiply the same children, and checking each is dear on millions. #}
{% test one_row_per_child_and_variant(model) %}
select
    unit_type,
    unit_id,
    school_year,
    count(*) as rows_too_many
from (
    select unit_type, unit_id, person_id, school_year
    from {{ model }}
    where variant_id = (select min(variant_id) from {{ model }})
    group by unit_type, unit_id, person_id, school_year
    having count(*) > 1
) as doubled
group by unit_type, unit_id, school_year
{% endtest %}
