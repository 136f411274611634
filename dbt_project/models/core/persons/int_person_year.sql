-- Grain: one person × school year in which any source knows the person.
select person_id, school_year from {{ ref('fct_enrollment') }}
union
select person_id, school_year from {{ ref('fct_attendance_year') }}
union
select person_id, school_year from {{ ref('fct_program_attendance') }}
union
select enrollment.person_id, years.school_year
from {{ ref('fct_program_enrollment') }} as enrollment
inner join {{ ref('dim_school_year') }} as years
    on
        enrollment.entry_date <= years.ends_on
        and coalesce(enrollment.exit_date, enrollment.entry_date) >= years.begins_on
union
select person_id, school_year from {{ ref('fct_diploma') }} where school_year is not null
union
select person_key.person_id, students.school_year
from {{ ref('stg_student') }} as students
{{ person_join('students') }}
where students.school_year is not null
union
select person_key.person_id, statuses.school_year
from {{ ref('stg_student_group') }} as statuses
{{ person_join('statuses') }}
where statuses.school_year is not null
