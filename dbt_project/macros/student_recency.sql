{# What makes one row about a student newer than another: the delivery's date, within it the school year. #}
{% macro student_recency(student) -%}
    cast({{ student }}.as_of as {{ dbt.type_string() }}) || coalesce(cast({{ student }}.school_year as {{ dbt.type_string() }}), '')
{%- endmacro %}
