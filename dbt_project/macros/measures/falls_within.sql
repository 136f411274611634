{#
  Whether a quantity lies between a variant's bounds; an absent bound is open.
  A bound on a share is multiplied by its whole instead of dividing by it: DECIMAL products are exact, so exactly 10 %
  is exactly 10 %. `variant` is the alias of the measure_variant rows.
#}
{% macro falls_within(quantity, variant, whole='1') -%}
    (
        (
            {{ variant }}.from_value is null
            or {{ quantity }} > {{ variant }}.from_value * {{ whole }}
            or ({{ variant }}.from_inclusive and {{ quantity }} = {{ variant }}.from_value * {{ whole }})
        )
        and (
            {{ variant }}.to_value is null
            or {{ quantity }} < {{ variant }}.to_value * {{ whole }}
            or ({{ variant }}.to_inclusive and {{ quantity }} = {{ variant }}.to_value * {{ whole }})
        )
    )
{%- endmacro %}


{# The columns every measure returns. An excluded child counts on neither side of the line, under its reason. #}
{% macro measure_row(numerator, exclusion_reason='exclusion_reason', denominator='1') -%}
    measure_id,
    variant_id,
    unit_type,
    unit_id,
    person_id,
    school_year,
    cast(case when {{ exclusion_reason }} is null then {{ numerator }} else 0 end as decimal(18, 4)) as numerator,
    cast(case when {{ exclusion_reason }} is null then {{ denominator }} else 0 end as decimal(18, 4)) as denominator,
    cast({{ exclusion_reason }} as {{ dbt.type_string() }}) as exclusion_reason
{%- endmacro %}
