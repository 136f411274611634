{# The share of the day missed, NULL where the mark says that nobody knows. Independent study is counted on its own. #}
{% macro absence_fraction(status, sent) -%}
    {#- least() and greatest() pass over a null, so it is kept by hand. -#}
    {%- set share = 'case when ' ~ sent ~ ' is not null then least(greatest(' ~ sent ~ ', 0), 1) end' -%}
    cast(case
        when {{ status }} in ('not_taken', 'unknown') then null
        when {{ status }} = 'independent_study' then 0
        -- An absence of length 0 was not timed: it is a whole day.
        when {{ status }} in ('absent', 'absent_excused', 'absent_unexcused', 'suspended_out_of_school')
            then coalesce(nullif({{ share }}, 0), 1)
        when {{ status }} = 'partial' then coalesce({{ share }}, 0.5)
        else coalesce({{ share }}, 0)
    end as decimal(9, 8))
{%- endmacro %}

{# One quantity as a share of another, never above the whole; least() passes over a null. #}
{% macro share_of(part, whole) -%}
    case when {{ whole }} > 0 and {{ part }} is not null then least(cast({{ part }} as double) / cast({{ whole }} as double), 1) end
{%- endmacro %}

{# What is counted of the days of a group. #}
{% macro absence_counts() -%}
    sum(absence_fraction) as days_absent,
    sum(case when absence_fraction >= 0.5 then 1 else 0 end) as days_absent_whole,
    sum(case when absence_fraction >= 1 then 1 else 0 end) as days_absent_full,
    sum(case when attendance_status = 'absent_excused' then absence_fraction else 0 end) as days_absent_excused,
    sum(case when attendance_status = 'absent_unexcused' then absence_fraction else 0 end) as days_absent_unexcused,
    sum(case when attendance_status = 'suspended_out_of_school' then absence_fraction else 0 end) as days_suspended_out_of_school,
    sum(case when attendance_status = 'independent_study' then 1 else 0 end) as days_independent_study,
    sum(case when absence_fraction is null then 1 else 0 end) as days_unknown
{%- endmacro %}

{% macro absence_columns() -%}
    {{ return([
        'days_absent', 'days_absent_whole', 'days_absent_full', 'days_absent_excused', 'days_absent_unexcused',
        'days_suspended_out_of_school', 'days_independent_study', 'days_unknown',
    ]) }}
{%- endmacro %}
