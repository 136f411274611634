{# One row per combination of columns, nulls alike. What fails is a count, never the key itself. #}
{% test unique_key(model, columns) %}
    select count(*) as copies
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
