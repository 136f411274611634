{# A stated primary school goes before an unstated one, and that before a stated secondary one. #}
{% macro primary_rank(is_primary) -%}
    case when {{ is_primary }} then 2 when not {{ is_primary }} then 0 else 1 end
{%- endmacro %}
