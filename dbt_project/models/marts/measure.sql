-- Grain: one row per measure: what it asks, who asks it, what is decided with it; from the YAML of each measure and the
-- seed of measures that only publishers compute
{%- set columns = [
    'code', 'measure_id', 'name', 'measure_type', 'question', 'who_asks', 'decision', 'steward', 'formula', 'source',
] %}
{%- for entry in catalogue_entries() %}
select
    {%- for column in columns %}
    cast('{{ entry[column] | string | trim | replace("'", "''") }}' as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    true as is_computed

union all
{% endfor %}
select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    false as is_computed
from {{ ref('published_measure') }}
