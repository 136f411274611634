-- Grain: one score of a person on one assessment administration, as a source sent it; repeated tests stay.
select
    person_key.person_id,
    results.party_id,
    results.assessment_id,
    results.subject,
    results.administration_date,
    coalesce(results.school_year, {{ school_year_of('results.administration_date') }}) as school_year,
    results.grade_level,
    results.score_type,
    results.score,
    results.score_low,
    results.score_high,
    results.score_marker,
    results.performance_level,
    results.is_proficient,
    results.source
from {{ ref('stg_assessment_result') }} as results
{{ person_join('results') }}
