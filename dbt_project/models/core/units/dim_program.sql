-- Grain: one program of a party: those it described and those its rows only name.
with described as (
    select
        party_id,
        program_id,
        {{ latest('program_name', 'as_of') }} as program_name,
        {{ latest('organization_name', 'as_of') }} as organization_name,
        {{ latest('issue_area', 'as_of') }} as issue_area,
        {{ latest('serves_low_grade', 'as_of') }} as serves_low_grade,
        {{ latest('serves_high_grade', 'as_of') }} as serves_high_grade,
        left({{ latest('zip', 'as_of') }}, 5) as zip
    from {{ ref('stg_program') }}
    group by party_id, program_id
),

named as (
    select party_id, program_id from described
    union
    select party_id, program_id from {{ ref('stg_program_enrollment') }}
    union
    select party_id, program_id from {{ ref('stg_program_session_attendance') }}
)

select
    named.party_id || ':' || named.program_id as program_id,
    coalesce(described.program_name, named.program_id) as program_name,
    coalesce(described.organization_name, parties.party_name) as organization_name,
    named.party_id,
    described.issue_area,
    described.serves_low_grade,
    described.serves_high_grade,
    described.zip
from named
inner join {{ ref('dim_organization') }} as parties on named.party_id = parties.party_id
left join described on named.party_id = described.party_id and named.program_id = described.program_id
