-- Grain: one StudentTracker row of a person: a term, a degree, or no record found.
select
    person_key.person_id,
    records.party_id,
    records.search_date,
    records.record_found,
    records.enrollment_begin,
    records.enrollment_end,
    records.college_code,
    records.college_name,
    records.college_state,
    records.college_level,
    records.college_sector,
    records.enrollment_status,
    records.has_graduated,
    records.graduation_date,
    records.degree_title,
    records.source
from {{ ref('stg_postsecondary_record') }} as records
{{ person_join('records') }}
