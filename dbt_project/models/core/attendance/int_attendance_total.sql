-- Grain: one person × school (where sent) × school year as the sender counted it, where nobody sent the days themselves.
with sent as (
    select
        person_key.person_id,
        totals.party_id,
        totals.party_id || ':' || totals.school_id as school_id,
        totals.school_year,
        totals.days_enrolled,
        totals.days_absent,
        totals.days_absent_excused,
        totals.days_absent_unexcused,
        totals.days_suspended_out_of_school,
        totals.as_of,
        row_number() over (
            partition by person_key.person_id, totals.party_id, totals.school_id, totals.school_year
            order by totals.as_of desc, totals.days_enrolled desc, totals.days_absent desc, totals.source asc
        ) as place
    from {{ ref('stg_attendance_total') }} as totals
    {{ person_join('totals') }}
)

select
    sent.person_id,
    sent.party_id,
    sent.school_id,
    sent.school_year,
    sent.days_enrolled,
    sent.days_absent,
    sent.days_absent_excused,
    sent.days_absent_unexcused,
    sent.days_suspended_out_of_school,
    sent.as_of
from sent
inner join {{ ref('dim_organization') }} as parties on sent.party_id = parties.party_id
where
    sent.place = 1
    -- A state's total covers the days that a district reports, so it gives way to any party's days.
    and not exists (
        select 1
        from {{ ref('int_attendance_counted') }} as counted
        where
            counted.person_id = sent.person_id
            and counted.school_year = sent.school_year
            and (counted.party_id = sent.party_id or parties.party_type = 'state')
    )
