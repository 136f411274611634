{# A district's rows are about that district; another party's about the district its school lies in, if it says so. #}
{% macro district_of(party, school) -%}
    case when {{ party }}.party_type = 'district' then {{ party }}.party_id else {{ school }}.district_id end
{%- endmacro %}
