-- Grain: one person × school × school year with the instructional days of its enrolment, by two look-ups per stretch.
select
    spans.person_id,
    spans.party_id,
    spans.school_id,
    spans.school_year,
    spans.silence_is_present,
    sum(
        ends.instructional_days_to_date - begins.instructional_days_to_date
        + case when begins.is_instructional then 1 else 0 end
    ) as days
from {{ ref('int_attendance_span') }} as spans
inner join {{ ref('calendar_cumulative') }} as begins
    on
        spans.school_id = begins.school_id
        and spans.track = begins.track
        and spans.first_day = begins.calendar_date
inner join {{ ref('calendar_cumulative') }} as ends
    on
        spans.school_id = ends.school_id
        and spans.track = ends.track
        and spans.last_day = ends.calendar_date
group by spans.person_id, spans.party_id, spans.school_id, spans.school_year, spans.silence_is_present
