{#
  One of seven for reporting (72 FR 59266), over all the rows of a group: what a source says itself, else from its flags,
  which may come in rows of their own. Hispanic wins over all races, two or more other flags are two_or_more, no flag at
  all is unknown.
#}
{% macro race_ethnicity(recency) -%}
    {%- set races = ['american_indian', 'asian', 'black', 'pacific_islander', 'white', 'two_or_more'] -%}
    case
        when {{ latest("nullif(race_ethnicity, 'unknown')", recency) }} is not null
            then {{ latest("nullif(race_ethnicity, 'unknown')", recency) }}
        when {{ latest('is_hispanic', recency) }} then 'hispanic'
        when
            {% for race in races -%}
            case when {{ latest('is_' ~ race, recency) }} then 1 else 0 end{{ ' + ' if not loop.last }}
            {%- endfor %} >= 2
            then 'two_or_more'
        {%- for race in races %}
        when {{ latest('is_' ~ race, recency) }} then '{{ race }}'
        {%- endfor %}
        else 'unknown'
    end
{%- endmacro %}
