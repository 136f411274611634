-- Grain: one row per child × school year: the set of student groups the child is in, as one small number.
-- Children share few sets, so the roll-up counts sets first and opens them into groups last: a child is read once, not once per group.
with membership as (
    select distinct person_id, school_year, student_group
    from {{ ref('student_group_membership') }}
    where student_group <> 'all'
),

numbered as (
    select
        student_group,
        row_number() over (order by student_group) as bit
    from membership
    group by student_group
),

masked as (
    select
        membership.person_id,
        membership.school_year,
        sum(cast(power(2, numbered.bit) as decimal(38, 0))) as mask
    from membership
    inner join numbered on membership.student_group = numbered.student_group
    group by membership.person_id, membership.school_year
)

select
    person_id,
    school_year,
    cast(dense_rank() over (order by mask) as integer) as profile_id
from masked
