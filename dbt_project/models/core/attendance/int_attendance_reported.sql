-- Grain: one person × school (NULL: the sender's total over schools) × party × school year with its days, however they were counted.
{%- set day_columns = absence_columns() | reject('equalto', 'days_unknown') | list %}
with closing as (
    select school_id, school_year, max(calendar_date) as closes_on
    from {{ ref('calendar_cumulative') }}
    where is_instructional
    group by school_id, school_year
),

party_reported as (
    select party_id, school_year, max(reported_through) as reported_through
    from {{ ref('int_attendance_source') }}
    group by party_id, school_year
)

select
    counted.person_id,
    counted.party_id,
    counted.school_id,
    counted.school_year,
    counted.days - counted.days_unknown as days_enrolled,
    {%- for column in day_columns %}
    coalesce(counted.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    -- Days that the calendar expects of an enrolment and nobody marked; where there is no calendar, those marked as not known.
    greatest(
        counted.days_unknown,
        case when counted.basis = 'recorded' then coalesce(expected.days, 0) - (counted.days - counted.days_unknown) else 0 end
    ) as days_not_marked,
    case when counted.basis = 'recorded' and expected.days is null then 'recorded' else 'calendar' end as basis,
    coalesce(register.reported_through, party_reported.reported_through) as reported_through,
    closing.closes_on
from {{ ref('int_attendance_counted') }} as counted
left join {{ ref('int_attendance_expected') }} as expected
    on
        counted.person_id = expected.person_id
        and counted.school_id = expected.school_id
        and counted.school_year = expected.school_year
left join {{ ref('int_attendance_register') }} as register
    on counted.school_id = register.school_id and counted.school_year = register.school_year
left join party_reported
    on counted.party_id = party_reported.party_id and counted.school_year = party_reported.school_year
left join closing on counted.school_id = closing.school_id and counted.school_year = closing.school_year
where counted.days > 0

union all

select
    person_id,
    party_id,
    school_id,
    school_year,
    days_enrolled,
    days_absent,
    days_absent as days_absent_whole,
    days_absent as days_absent_full,
    days_absent_excused,
    days_absent_unexcused,
    days_suspended_out_of_school,
    null as days_independent_study,
    0 as days_not_marked,
    'total' as basis,
    as_of as reported_through,
    null as closes_on
from {{ ref('int_attendance_total') }}
