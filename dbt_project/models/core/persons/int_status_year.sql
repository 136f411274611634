-- Grain: one person × school year × program status held at any time of that year.
with sent as (
    select
        person_key.person_id,
        statuses.student_group,
        statuses.school_year,
        {{ school_year_of('statuses.begin_date') }} as begin_year,
        {{ school_year_of('coalesce(statuses.end_date, statuses.as_of)') }} as end_year
    from {{ ref('stg_student_group') }} as statuses
    {{ person_join('statuses') }}
),

-- A status without year or dates is today's: it is about the newest year the person is known in.
newest as (
    select person_years.person_id, max(person_years.school_year) as school_year
    from {{ ref('int_person_year') }} as person_years
    group by person_years.person_id
),

held as (
    select distinct
        sent.person_id,
        person_years.school_year,
        sent.student_group
    from sent
    inner join newest on sent.person_id = newest.person_id
    inner join {{ ref('int_person_year') }} as person_years
        on
            sent.person_id = person_years.person_id
            and person_years.school_year >= coalesce(sent.school_year, sent.begin_year, newest.school_year)
            and person_years.school_year <= coalesce(
                sent.school_year,
                case when sent.begin_year is not null then sent.end_year end,
                newest.school_year
            )
)

-- Held at any time is held in the year: whoever was an English learner in October is not also a non-learner.
select
    held.person_id,
    held.school_year,
    held.student_group
from held
left join held as opposite
    on
        held.person_id = opposite.person_id
        and held.school_year = opposite.school_year
        and opposite.student_group = case held.student_group
            when 'non_english_learner' then 'english_learner'
            when 'students_without_disabilities' then 'students_with_disabilities'
            when 'not_economically_disadvantaged' then 'economically_disadvantaged'
        end
where opposite.person_id is null
