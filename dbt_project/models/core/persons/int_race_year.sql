-- Grain: one person × school year: the race and ethnicity sent for that year, else the newest ever sent.
with sent as (
    select
        person_key.person_id,
        students.*,
        {{ student_recency('students') }} as recency
    from {{ ref('stg_student') }} as students
    {{ person_join('students') }}
    where students.school_year is not null
),

of_year as (
    select
        person_id,
        school_year,
        {{ race_ethnicity('recency') }} as race_ethnicity
    from sent
    group by person_id, school_year
)

select
    person_years.person_id,
    person_years.school_year,
    coalesce(nullif(of_year.race_ethnicity, 'unknown'), persons.race_ethnicity) as race_ethnicity
from {{ ref('int_person_year') }} as person_years
inner join {{ ref('dim_person') }} as persons on person_years.person_id = persons.person_id
left join of_year on person_years.person_id = of_year.person_id and person_years.school_year = of_year.school_year
