{#
  Columns hold codes of the hub's standard lists only. `columns` names the list of each column; one scan checks all of
  them, and what fails is a count: the code of a child must not reach a log.
#}
{% test standard_codes(model, columns) %}
    {%- set lists = standard_codes() %}
    select 1 as unmapped
    from {{ model }}
    where
        {%- for column, list in columns.items() %}
        {{ 'or ' if not loop.first }}{{ column }} not in ('{{ lists[list] | join("', '") }}')
        {%- endfor %}
{% endtest %}
