{#
  Which models are measures, and that each one says what it is for.

  A measure is every model under models/measures/{shared,collaborative,individual}. The runner lists their names in
  DATADRIVES_MEASURES, because dbt must know what the roll-up waits for while it parses, when it has not seen all
  files yet. Once the graph is complete the list is held against it, so a forgotten name stops the build.
#}
{% macro measure_names() -%}
    {{ return(env_var('DATADRIVES_MEASURES', '').split()) }}
{%- endmacro %}


{% macro measure_nodes() -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) | sort(attribute='name') if node.resource_type == 'model' -%}
        {%- if node.fqn | length == 4 and node.fqn[1] == 'measures' and node.fqn[2] in ['shared', 'collaborative', 'individual'] -%}
            {%- do found.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro catalogue_entries() -%}
    {%- set entries = [] -%}
    {%- for node in measure_nodes() -%}
        {%- for key in ['code', 'name', 'question', 'who_asks', 'decision', 'steward', 'formula', 'source'] -%}
            {%- if not (node.config.meta.get(key) or '') | string | trim -%}
                {{ exceptions.raise_compiler_error(
                    node.original_file_path ~ ": the measure has no '" ~ key ~ "'. Add it under config.meta in "
                    ~ (node.patch_path or (node.original_file_path | replace('.sql', '.yml'))) | replace('datadrives://', '')
                    ~ "; a measure that answers no question and serves no decision is not built."
                ) }}
            {%- endif -%}
        {%- endfor -%}
        {%- do entries.append(dict(node.config.meta, measure_id=node.name, measure_type=node.fqn[2])) -%}
    {%- endfor -%}
    {{ return(entries) }}
{%- endmacro %}


{# Stops a run before anything is built; dbt_project.yml calls it on-run-start. #}
{% macro check_measures() -%}
    {%- if execute -%}
        {%- set entries = catalogue_entries() -%}
        {%- set missing = [] -%}
        {%- for entry in entries if entry.measure_id not in measure_names() -%}
            {%- do missing.append(entry.measure_id) -%}
        {%- endfor -%}
        {%- if missing -%}
            {{ exceptions.raise_compiler_error(
                "DATADRIVES_MEASURES does not name the measures " ~ missing | join(', ')
                ~ ". The datadrives commands set it; for a bare dbt run: export DATADRIVES_MEASURES=\"$(find models/measures/shared"
                ~ " models/measures/collaborative models/measures/individual -name '*.sql' -exec basename {} .sql ';')\""
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
