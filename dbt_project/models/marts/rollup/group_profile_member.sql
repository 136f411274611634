-- Grain: one row per group profile × student group; every profile is in the group all, and profile 0 (nothing known) in that alone
with members as (
    select distinct
        profiles.profile_id,
        groups.student_group
    from {{ ref('group_profile') }} as profiles
    inner join {{ ref('student_group_membership') }} as groups
        on profiles.person_id = groups.person_id and profiles.school_year = groups.school_year
    where groups.student_group <> 'all'

    union all

    select distinct
        profile_id,
        'all' as student_group
    from {{ ref('group_profile') }}

    union all

    select
        0 as profile_id,
        'all' as student_group
)

select
    profile_id,
    student_group,
    cast(dense_rank() over (order by student_group) as integer) as group_number
from members
