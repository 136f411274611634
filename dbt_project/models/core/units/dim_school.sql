-- Grain: one school of a party: those it described and those its rows only name.
with described as (
    select
        party_id,
        school_id,
        {{ latest('school_name', 'as_of') }} as school_name,
        {{ latest('district_id', 'as_of') }} as district_id,
        {{ latest('low_grade', 'as_of') }} as low_grade,
        {{ latest('high_grade', 'as_of') }} as high_grade,
        left({{ latest('zip', 'as_of') }}, 5) as zip
    from {{ ref('stg_school') }}
    where organization_type = 'school'
    group by party_id, school_id
),

named as (
    select party_id, school_id from described
    union
    select party_id, school_id from {{ ref('stg_enrollment') }} where school_id is not null
    union
    select party_id, school_id from {{ ref('stg_calendar_day') }}
    union
    select party_id, school_id from {{ ref('stg_attendance') }} where school_id is not null
    union
    select party_id, school_id from {{ ref('stg_attendance_total') }} where school_id is not null
)

select
    named.party_id || ':' || named.school_id as school_id,
    coalesce(described.school_name, named.school_id) as school_name,
    case
        when parties.party_type = 'district' then parties.party_id
        else named.party_id || ':' || described.district_id
    end as district_id,
    described.low_grade,
    described.high_grade,
    described.zip,
    named.party_id
from named
inner join {{ ref('dim_organization') }} as parties on named.party_id = parties.party_id
left join described on named.party_id = described.party_id and named.school_id = described.school_id
