{# The person behind a row's student id: two sources may mean two children by one id. From here on the id itself is left behind. #}
{% macro person_join(row) -%}
    inner join {{ source('identity', 'person_key') }} as person_key
        on
            {{ row }}.source = person_key.source
            and {{ row }}.student_id_issuer = person_key.student_id_issuer
            and {{ row }}.student_id_system = person_key.student_id_system
            and {{ row }}.student_id = person_key.student_id
{%- endmacro %}
