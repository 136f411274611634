-- Grain: one person × day, for the person-years in which schools report overlapping days.
{{ attendance_days(persons=ref('int_attendance_contested')) }}
