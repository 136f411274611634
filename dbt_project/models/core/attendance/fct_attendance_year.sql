-- Grain: one person × school (NULL: the sender's total over schools) × party × school year with days enrolled and absent.
{%- set day_columns = ['days_enrolled'] + (absence_columns() | reject('equalto', 'days_unknown') | list) + ['days_not_marked'] %}
with grades as (
    select person_id, party_id, school_year, min(grade_level) as grade_level
    from {{ ref('fct_enrollment') }}
    group by person_id, party_id, school_year
    having min(grade_level) = max(grade_level)
)

select
    days.person_id,
    days.school_id,
    {{ district_of('parties', 'schools') }} as district_id,
    parties.community_id,
    persons.zip,
    days.party_id,
    days.school_year,
    grades.grade_level,
    {%- for column in day_columns %}
    cast(days.{{ column }} as decimal(12, 6)) as {{ column }},
    {%- endfor %}
    days.basis,
    case when days.reported_through >= coalesce(days.closes_on, years.ends_on) then 'final' else 'to_date' end as period_status
from {{ ref('int_attendance_reported') }} as days
inner join {{ ref('dim_organization') }} as parties on days.party_id = parties.party_id
inner join {{ ref('dim_school_year') }} as years on days.school_year = years.school_year
left join {{ ref('dim_person') }} as persons on days.person_id = persons.person_id
left join {{ ref('dim_school') }} as schools on days.school_id = schools.school_id
left join grades
    on
        days.person_id = grades.person_id
        and days.party_id = grades.party_id
        and days.school_year = grades.school_year
