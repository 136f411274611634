-- Grain: one district: a party that is one, or one that another party describes.
select
    party_id as district_id,
    party_name as district_name,
    case when community_id is not null then 'community' end as parent_unit_type,
    community_id as parent_unit_id
from {{ ref('dim_organization') }}
where party_type = 'district'

union all

select
    described.party_id || ':' || described.school_id as district_id,
    {{ latest('described.school_name', 'described.as_of') }} as district_name,
    null as parent_unit_type,
    null as parent_unit_id
from {{ ref('stg_school') }} as described
inner join {{ ref('dim_organization') }} as parties on described.party_id = parties.party_id
where described.organization_type = 'district' and parties.party_type <> 'district'
group by described.party_id, described.school_id
