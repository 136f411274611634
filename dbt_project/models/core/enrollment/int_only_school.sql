-- Grain: one person × party × school year in which the person was at one school only.
select
    person_id,
    party_id,
    school_year,
    max(school_id) as school_id
from {{ ref('fct_enrollment') }}
group by person_id, party_id, school_year
having count(distinct school_id) = 1
