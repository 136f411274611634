-- Grain: one row per unit type × unit × child × school year: what programs gave the child; for a program those who came or
-- signed up, for all other units every enrolled child and the service of all programs together
with contacts as (
    select person_id, program_id, school_year, session_date, cast(sum(hours) as decimal(12, 4)) as hours
    from {{ ref('fct_program_attendance') }}
    where is_attended and (hours is null or hours > 0)
    group by person_id, program_id, school_year, session_date

    union all

    -- signed up, with or without coming; an enrolment that is still open counts for the year it began
    select distinct
        enrollments.person_id, enrollments.program_id, years.school_year,
        cast(null as date) as session_date,
        cast(null as decimal(12, 4)) as hours
    from {{ ref('fct_program_enrollment') }} as enrollments
    inner join {{ ref('dim_school_year') }} as years
        on
            enrollments.entry_date <= years.ends_on
            and coalesce(enrollments.exit_date, enrollments.entry_date) >= years.begins_on
    where
        coalesce(enrollments.role, 'participant') = 'participant'
        and coalesce(enrollments.stage, 'enrolled') not in ('applied', 'waitlisted')
),

-- several programs on one date are one day; their hours add
by_child as (
    select
        person_id, school_year,
        count(distinct session_date) as days,
        sum(hours) as hours
    from contacts
    group by person_id, school_year
),

-- Where no child of a district is in any program's records, nobody knows who is served: that is not zero.
served_districts as (
    select distinct children.unit_id as district_id, children.school_year
    from {{ ref('enrollment_by_unit') }} as children
    inner join by_child on children.person_id = by_child.person_id and children.school_year = by_child.school_year
    where children.unit_type = 'district'
),

known as (
    select distinct children.person_id, children.school_year
    from {{ ref('enrollment_by_unit') }} as children
    inner join served_districts
        on children.unit_id = served_districts.district_id and children.school_year = served_districts.school_year
    where children.unit_type = 'district'
)

select
    'program' as unit_type,
    program_id as unit_id,
    person_id,
    school_year,
    cast(null as integer) as grade_number,
    true as is_known,
    1 as registrations,
    count(distinct session_date) as days,
    cast(sum(hours) as decimal(12, 4)) as hours
from contacts
group by program_id, person_id, school_year

union all

select
    children.unit_type,
    children.unit_id,
    children.person_id,
    children.school_year,
    children.grade_number,
    known.person_id is not null as is_known,
    case when by_child.person_id is null then 0 else 1 end as registrations,
    coalesce(by_child.days, 0) as days,
    cast(by_child.hours as decimal(12, 4)) as hours
from {{ ref('enrollment_by_unit') }} as children
left join by_child on children.person_id = by_child.person_id and children.school_year = by_child.school_year
left join known on children.person_id = known.person_id and children.school_year = known.school_year
