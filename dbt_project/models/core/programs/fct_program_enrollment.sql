-- Grain: one enrolment of a person in a program.
select
    person_key.person_id,
    enrollment.party_id || ':' || enrollment.program_id as program_id,
    enrollment.party_id,
    {{ school_year_of('enrollment.entry_date') }} as entry_school_year,
    enrollment.entry_date,
    enrollment.exit_date,
    enrollment.role,
    enrollment.stage,
    enrollment.source
from {{ ref('stg_program_enrollment') }} as enrollment
{{ person_join('enrollment') }}
