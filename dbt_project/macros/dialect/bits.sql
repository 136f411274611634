{# The days of a month as the bits of one number: bit 0 is the first day. bit_or and bit_count are the same everywhere. #}
{% macro day_bit(date) -%}
    {{ return(adapter.dispatch('day_bit')(date)) }}
{%- endmacro %}

{% macro default__day_bit(date) -%}
    shiftleft(cast(1 as bigint), extract(day from {{ date }}) - 1)
{%- endmacro %}

{% macro duckdb__day_bit(date) -%}
    (cast(1 as bigint) << (extract(day from {{ date }}) - 1))
{%- endmacro %}
