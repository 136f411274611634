{#
  The newest value that was sent, whatever nulls came after it; of two values equally new the greater, so that a second
  run says the same.
#}
{% macro latest(value, recency) -%}
    max_by({{ value }}, cast({{ recency }} as {{ dbt.type_string() }}) || cast({{ value }} as {{ dbt.type_string() }}))
{%- endmacro %}
