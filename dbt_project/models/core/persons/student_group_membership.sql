-- Grain: one person × school year × student group.
with grades as (
    select distinct person_id, school_year, grade_level
    from {{ ref('fct_enrollment') }}
    where grade_level is not null
)

select person_id, school_year, 'all' as student_group
from {{ ref('int_person_year') }}
union all
select person_id, school_year, 'race_' || race_ethnicity as student_group
from {{ ref('int_race_year') }}
union all
select person_years.person_id, person_years.school_year, 'sex_' || persons.sex as student_group
from {{ ref('int_person_year') }} as person_years
inner join {{ ref('dim_person') }} as persons on person_years.person_id = persons.person_id
union all
select person_id, school_year, student_group
from {{ ref('int_status_year') }}
union all
select person_id, school_year, 'grade_' || grade_level as student_group
from grades
union all
select distinct
    person_id,
    school_year,
    case
        when grade_level in ('KG', '01', '02', '03', '04', '05') then 'grades_k_5'
        when grade_level in ('06', '07', '08') then 'grades_6_8'
        else 'grades_9_12'
    end as student_group
from grades
where grade_level in ('KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12')
