{#
  Days enrolled and absent of each child and unit, counted as each variant of an attendance measure counts them,
  and why a child is set aside. Returns the variant's bounds too, for falls_within.
  A grade outside the variant's grades is not its population: no row, and no exclusion.
#}
{% macro attendance_under_variant(measure_id) -%}
    select
        counted.*,
        case
            when days_enrolled is null or days_enrolled <= 0 then 'no_days_enrolled'
            when days_absent is null then 'absence_reason_not_sent'
            when low_grade is not null and grade_number is null then 'grade_unknown'
            when days_enrolled < min_days or (days_enrolled = min_days and not min_days_inclusive) then 'too_few_days'
            when needs_attended_day and days_absent >= days_enrolled then 'never_attended'
        end as exclusion_reason
    from (
        select
            variants.*,
            children.unit_type,
            children.unit_id,
            children.person_id,
            children.school_year,
            children.grade_number,
            cast(
                children.days_enrolled + case when variants.missing_rule = 'excluded' then 0 else children.days_not_marked end
                as decimal(12, 4)
            ) as days_enrolled,
            cast(
                case variants.half_day_rule
                    when 'whole_if_ge_50' then children.days_absent_whole
                    when 'full_only' then children.days_absent_full
                    else children.days_absent
                end
                + case when variants.missing_rule = 'absent' then children.days_not_marked else 0 end
                + case variants.counted_absences
                    when 'not_excused' then -children.days_absent_excused
                    when 'excused_and_unexcused' then -children.days_suspended_out_of_school
                    when 'any_and_independent_study' then children.days_independent_study
                    else 0
                end
                as decimal(12, 4)
            ) as days_absent
        from {{ ref('attendance_by_unit') }} as children
        cross join {{ ref('measure_variant') }} as variants
        where
            variants.measure_id = '{{ measure_id }}'
            and (not variants.school_only or children.unit_type = 'school')
            and (
                variants.low_grade is null
                or children.grade_number is null
                or children.grade_number between
                {{ grade_number('variants.low_grade') }} and {{ grade_number('variants.high_grade') }}
            )
    ) as counted
{%- endmacro %}
