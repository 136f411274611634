-- Grain: one StudentTracker row: a term, a degree, or no record found; deliveries in force only.
with staged as (
    {{ staged('postsecondary_record', students=true) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    search_date,
    record_found,
    enrollment_begin,
    enrollment_end,
    college_code,
    college_name,
    college_state,
    college_level,
    college_sector,
    enrollment_status,
    has_graduated,
    graduation_date,
    degree_title,
    party_id,
    source,
    delivery_id,
    as_of
from staged
