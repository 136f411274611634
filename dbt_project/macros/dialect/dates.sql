{# Dates that engines spell differently, and the one rule on school years: July 1 to June 30, named by the year it ends. #}
{% macro school_year_of(date) -%}
    cast(extract(year from {{ date }}) + case when extract(month from {{ date }}) >= 7 then 1 else 0 end as bigint)
{%- endmacro %}

{% macro school_year_end(school_year) -%}
    make_date(cast({{ school_year }} as integer), 6, 30)
{%- endmacro %}

{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days')(date, days)) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    date_add({{ date }}, {{ days }})
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    ({{ date }} + ({{ days }}))
{%- endmacro %}

{# A query of one row per day, both ends included. #}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    select explode(sequence({{ first }}, {{ last }}, interval 1 day)) as calendar_date
{%- endmacro %}

{% macro duckdb__days_between(first, last) -%}
    select cast(unnest(range({{ first }}, {{ last }} + 1, interval 1 day)) as date) as calendar_date
{%- endmacro %}
