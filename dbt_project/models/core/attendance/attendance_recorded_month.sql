-- Grain: one person × school × month with its marked days as bits, where silence says nothing and only marked days are known.
with tally as (
    select
        marks.student_id_issuer,
        marks.student_id_system,
        marks.student_id,
        marks.party_id,
        marks.source,
        marks.local_school_id,
        {{ dbt.date_trunc('month', 'marks.attendance_date') }} as month_begins_on,
        bit_or({{ day_bit('marks.attendance_date') }}) as marked_days
    from {{ ref('int_attendance_mark') }} as marks
    inner join {{ ref('int_attendance_rule') }} as rules on marks.source = rules.source
    where not rules.silence_is_present
    group by
        marks.student_id_issuer,
        marks.student_id_system,
        marks.student_id,
        marks.party_id,
        marks.source,
        marks.local_school_id,
        {{ dbt.date_trunc('month', 'marks.attendance_date') }}
),

-- A mark without a school belongs to the only school of that year.
placed as (
    select
        person_key.person_id,
        coalesce(tally.party_id || ':' || tally.local_school_id, only_school.school_id) as school_id,
        tally.party_id,
        {{ school_year_of('tally.month_begins_on') }} as school_year,
        cast(tally.month_begins_on as date) as month_begins_on,
        tally.marked_days,
        tally.source
    from tally
    {{ person_join('tally') }}
    left join {{ ref('int_only_school') }} as only_school
        on
            person_key.person_id = only_school.person_id
            and tally.party_id = only_school.party_id
            and {{ school_year_of('tally.month_begins_on') }} = only_school.school_year
)

select
    person_id,
    school_id,
    party_id,
    school_year,
    month_begins_on,
    bit_or(marked_days) as marked_days,
    min(source) as source
from placed
group by person_id, school_id, party_id, school_year, month_begins_on
