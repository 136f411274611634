{# Where an engine reads a feed: DuckDB through the views that ingestion left in schema raw. #}
{% macro raw_feed(feed) -%}
    {{ return(adapter.dispatch('raw_feed')(feed)) }}
{%- endmacro %}

{% macro default__raw_feed(feed) -%}
    {{ return(source('raw', feed)) }}
{%- endmacro %}
