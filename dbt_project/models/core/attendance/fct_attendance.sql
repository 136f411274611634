-- Grain: one person × school × day that was not simply present. Present days are counted, not stored.
with marks as (
    select *, {{ row_hash(['person_id', 'party_id', 'school_id', 'attendance_date']) }} as day_key
    from {{ ref('int_attendance_exception') }}
),

-- Only what may repeat is sorted: a person under two ids, a school in two sources.
repeated as (
    select day_key
    from marks
    group by day_key
    having count(*) > 1
),

ranked as (
    select marks.*, 1 as recency
    from marks
    left join repeated on marks.day_key = repeated.day_key
    where repeated.day_key is null

    union all

    -- Two marks of one school for one day: the newer delivery, then the longer absence.
    select
        marks.*,
        row_number() over (
            partition by marks.person_id, marks.party_id, marks.school_id, marks.attendance_date
            order by marks.as_of desc, coalesce(marks.absence_fraction, -1) desc, marks.attendance_status asc, marks.source asc
        ) as recency
    from marks
    inner join repeated on marks.day_key = repeated.day_key
)

select
    ranked.person_id,
    ranked.school_id,
    {{ district_of('parties', 'schools') }} as district_id,
    ranked.party_id,
    ranked.school_year,
    ranked.attendance_date,
    ranked.attendance_status,
    ranked.absence_fraction,
    ranked.source
from ranked
inner join {{ ref('dim_organization') }} as parties on ranked.party_id = parties.party_id
left join {{ ref('dim_school') }} as schools on ranked.school_id = schools.school_id
where ranked.recency = 1
