-- Grain: one unit that a number can be about.
with units as (
    select
        'community' as unit_type,
        community_id as unit_id,
        community_id as unit_name,
        cast(null as {{ dbt.type_string() }}) as parent_unit_type,
        cast(null as {{ dbt.type_string() }}) as parent_unit_id
    from {{ ref('dim_organization') }}
    where community_id is not null

    union all

    select 'district' as unit_type, district_id, district_name, parent_unit_type, parent_unit_id
    from {{ ref('int_district') }}

    union all

    select 'school' as unit_type, school_id, school_name, case when district_id is not null then 'district' end as parent, district_id
    from {{ ref('dim_school') }}

    union all

    select
        'program' as unit_type,
        programs.program_id,
        programs.program_name,
        case when parties.community_id is not null then 'community' end as parent,
        parties.community_id
    from {{ ref('dim_program') }} as programs
    inner join {{ ref('dim_organization') }} as parties on programs.party_id = parties.party_id

    union all

    select 'zip' as unit_type, zip, zip as unit_name, null as parent, null as parent_id
    from {{ ref('dim_person') }}
    where zip is not null

    union all

    select unit_type, unit_id, unit_name, parent_unit_type, parent_unit_id
    from {{ ref('int_published_unit') }}
)

select
    unit_type,
    unit_id,
    min(unit_name) as unit_name,
    max(parent_unit_type) as parent_unit_type,
    max(parent_unit_id) as parent_unit_id
from units
group by unit_type, unit_id
