-- Grain: one diploma record of a person, as a source reported it for a school year.
select
    person_key.person_id,
    diplomas.party_id,
    diplomas.school_year,
    diplomas.first_grade9_school_year,
    diplomas.has_diploma,
    diplomas.diploma_type,
    diplomas.award_date,
    diplomas.source
from {{ ref('stg_diploma') }} as diplomas
{{ person_join('diplomas') }}
