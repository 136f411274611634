-- Grain: one enrolment span of a person at a school within a school year, per source.
with school_spans as (
    select person_id, party_id, source, school_id, school_year, grade_level, entry_date, exit_date, exit_type, track, is_primary
    from {{ ref('int_enrollment_year') }}
    where is_dated and not is_class
    group by person_id, party_id, source, school_id, school_year, grade_level, entry_date, exit_date, exit_type, track, is_primary
),

-- Classes of one school and year are one span: from the first class to the last, open while any class is open.
class_spans as (
    select
        person_id,
        party_id,
        source,
        school_id,
        school_year,
        max(grade_level) as grade_level,
        min(entry_date) as entry_date,
        case when count(exit_date) = count(*) then max(exit_date) end as exit_date,
        max(track) as track,
        max(is_primary) as is_primary
    from {{ ref('int_enrollment_year') }}
    where is_class
    group by person_id, party_id, source, school_id, school_year
),

told as (
    select distinct person_id, source, school_id, school_year
    from school_spans
),

spans as (
    select * from school_spans
    union all
    -- Where a source tells the days at the school itself, its classes tell nothing more.
    select
        class_spans.person_id, class_spans.party_id, class_spans.source, class_spans.school_id, class_spans.school_year,
        class_spans.grade_level, class_spans.entry_date, class_spans.exit_date, null as exit_type, class_spans.track, class_spans.is_primary
    from class_spans
    left join told
        on
            class_spans.person_id = told.person_id
            and class_spans.source = told.source
            and class_spans.school_id = told.school_id
            and class_spans.school_year = told.school_year
    where told.person_id is null
),

-- Rows that only say "in this grade (at this school) this year".
roster as (
    select distinct person_id, party_id, source, school_id, school_year, grade_level, exit_type, track, is_primary
    from {{ ref('int_enrollment_year') }}
    where not is_dated and not is_class
),

roster_grade as (
    select person_id, party_id, school_year, min(grade_level) as grade_level
    from roster
    group by person_id, party_id, school_year
    having min(grade_level) = max(grade_level)
),

combined as (
    select
        spans.person_id, spans.party_id, spans.source, spans.school_id, spans.school_year,
        coalesce(spans.grade_level, roster_grade.grade_level) as grade_level,
        spans.entry_date, spans.exit_date, spans.exit_type, spans.track, spans.is_primary
    from spans
    left join roster_grade
        on
            spans.person_id = roster_grade.person_id
            and spans.party_id = roster_grade.party_id
            and spans.school_year = roster_grade.school_year
    union all
    -- A roster row stands for itself only where no span tells the same more exactly.
    select
        roster.person_id, roster.party_id, roster.source, roster.school_id, roster.school_year, roster.grade_level,
        null as entry_date, null as exit_date, roster.exit_type, roster.track, roster.is_primary
    from roster
    left join spans
        on
            roster.person_id = spans.person_id
            and roster.party_id = spans.party_id
            and roster.school_year = spans.school_year
            and coalesce(roster.school_id, spans.school_id, '') = coalesce(spans.school_id, '')
    where spans.person_id is null
)

select
    combined.person_id,
    combined.school_id,
    {{ district_of('parties', 'schools') }} as district_id,
    combined.party_id,
    combined.school_year,
    combined.grade_level,
    combined.entry_date,
    combined.exit_date,
    combined.exit_type,
    combined.track,
    combined.is_primary,
    combined.source
from combined
inner join {{ ref('dim_organization') }} as parties on combined.party_id = parties.party_id
left join {{ ref('dim_school') }} as schools on combined.school_id = schools.school_id
