-- Grain: one row per measure × definition × unit × school year × student group, as a publisher printed it
select
    figures.measure_id,
    figures.definition as variant_id,
    figures.unit_type,
    figures.unit_id,
    figures.school_year,
    figures.student_group,
    cast(figures.numerator as double) as numerator,
    cast(figures.denominator as double) as denominator,
    cast(
        case
            when figures.value is not null then figures.value
            when figures.value_marker is null and figures.denominator > 0 then figures.numerator / figures.denominator
        end as double
    ) as value,
    definitions.comparability,
    definitions.value_kind,
    coalesce(figures.value_marker, figures.numerator_marker, figures.denominator_marker) as publisher_marker,
    figures.party_id
from {{ ref('fct_published_indicator') }} as figures
inner join {{ ref('publisher_variant') }} as definitions
    on figures.measure_id = definitions.measure_id and figures.definition = definitions.variant_id
