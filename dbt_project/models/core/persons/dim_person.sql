-- Grain: one person. The newest known value of each attribute; no name, birth date or address comes this far.
with sent as (
    select
        person_key.person_id,
        nullif(students.sex, 'unknown') as sex,
        students.race_ethnicity,
        students.is_hispanic,
        students.is_american_indian,
        students.is_asian,
        students.is_black,
        students.is_pacific_islander,
        students.is_white,
        students.is_two_or_more,
        left(students.zip, 5) as zip,
        {{ student_recency('students') }} as recency
    from {{ ref('stg_student') }} as students
    {{ person_join('students') }}
),

newest as (
    select
        person_id,
        {{ latest('sex', 'recency') }} as sex,
        {{ race_ethnicity('recency') }} as race_ethnicity,
        {{ latest('zip', 'recency') }} as zip
    from sent
    group by person_id
),

persons as (
    select distinct person_id
    from {{ source('identity', 'person_key') }}
)

select
    persons.person_id,
    coalesce(newest.sex, 'unknown') as sex,
    coalesce(newest.race_ethnicity, 'unknown') as race_ethnicity,
    newest.zip
from persons
left join newest on persons.person_id = newest.person_id
