{# The units a child's school record counts toward, and the column that names each. A zip nobody sent is a unit of its own. #}
{% macro child_units() -%}
    {{ return({
        'school': 'school_id',
        'district': 'district_id',
        'community': 'community_id',
        'zip': "coalesce(zip, 'unknown')",
    }) }}
{%- endmacro %}


{# A grade as a number that can be ordered: KG 0, grades 1 to 13, earlier stages below zero; ungraded and adult have none. #}
{% macro grade_number(grade) -%}
    case {{ grade }}
        when 'IT' then -4
        when 'PR' then -3
        when 'PK' then -2
        when 'TK' then -1
        when 'KG' then 0
        when 'PS' then 14
        when 'UG' then null
        when 'AE' then null
        else cast({{ grade }} as integer)
    end
{%- endmacro %}
