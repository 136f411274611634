-- Grain: one sent enrolment row × school year it lies in, dates cut to that year; rows that never became an enrolment are left out.
with sent as (
    select
        person_key.person_id,
        enrollment.party_id,
        enrollment.source,
        enrollment.party_id || ':' || enrollment.school_id as school_id,
        enrollment.school_year,
        coalesce(enrollment.school_year, {{ school_year_of('coalesce(enrollment.entry_date, enrollment.exit_date)') }}) as dated_year,
        enrollment.grade_level,
        enrollment.entry_date,
        enrollment.exit_date,
        enrollment.exit_type,
        enrollment.track,
        enrollment.is_primary,
        enrollment.class_id is not null as is_class,
        {{ school_year_of('enrollment.as_of') }} as as_of_year
    from {{ ref('stg_enrollment') }} as enrollment
    {{ person_join('enrollment') }}
    -- A child withdrawn as a no-show, or before the first day, was never there.
    where
        coalesce(enrollment.exit_type, 'unknown') <> 'no_show'
        and (enrollment.entry_date is null or enrollment.exit_date is null or enrollment.exit_date >= enrollment.entry_date)
),

newest_of_source as (
    select source, max(dated_year) as school_year
    from sent
    group by source
),

newest_of_person as (
    select source, person_id, max(dated_year) as school_year
    from sent
    group by source, person_id
),

bounded as (
    select
        sent.*,
        -- A roster row without year or dates is about the newest year that the source knows of the person.
        coalesce(sent.dated_year, newest_of_person.school_year, sent.as_of_year) as first_year,
        -- An open span runs on as long as the source reports; a class ends with its year.
        case
            when sent.school_year is not null or sent.dated_year is null or sent.is_class then null
            when sent.exit_date is not null then {{ school_year_of('sent.exit_date') }}
            else least(sent.as_of_year, newest_of_source.school_year)
        end as last_year
    from sent
    inner join newest_of_source on sent.source = newest_of_source.source
    inner join newest_of_person on sent.source = newest_of_person.source and sent.person_id = newest_of_person.person_id
)

select
    bounded.person_id,
    bounded.party_id,
    bounded.source,
    bounded.school_id,
    years.school_year,
    bounded.grade_level,
    case when bounded.entry_date < years.begins_on then years.begins_on else bounded.entry_date end as entry_date,
    case when bounded.exit_date <= years.ends_on then bounded.exit_date end as exit_date,
    case when bounded.exit_date is null or bounded.exit_date <= years.ends_on then bounded.exit_type end as exit_type,
    bounded.track,
    bounded.is_primary,
    bounded.is_class,
    bounded.entry_date is not null or bounded.exit_date is not null as is_dated
from bounded
inner join {{ ref('dim_school_year') }} as years
    on years.school_year between bounded.first_year and greatest(bounded.first_year, coalesce(bounded.last_year, bounded.first_year))
