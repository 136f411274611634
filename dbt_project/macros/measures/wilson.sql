{# One end of the Wilson 95 % interval of a proportion, as a double; sign is '-' for the lower end and '+' for the upper.
   Ten decimals, so that two engines agree on the last one. #}
{% macro wilson(numerator, denominator, sign) -%}
    {%- set p = 'cast(' ~ numerator ~ ' as double) / cast(' ~ denominator ~ ' as double)' -%}
    {%- set n = 'cast(' ~ denominator ~ ' as double)' -%}
    {%- set z2 = 'cast(3.8414588206941254 as double)' -%}
    case
        when {{ denominator }} > 0 and {{ numerator }} between 0 and {{ denominator }}
            then round({{ 'greatest' if sign == '-' else 'least' }}(
                cast({{ 0 if sign == '-' else 1 }} as double),
                (
                    {{ p }} + {{ z2 }} / (2 * {{ n }})
                    {{ sign }} sqrt({{ z2 }} * ({{ p }} * (1 - {{ p }}) + {{ z2 }} / (4 * {{ n }})) / {{ n }})
                ) / (1 + {{ z2 }} / {{ n }})
            ), 10)
    end
{%- endmacro %}
