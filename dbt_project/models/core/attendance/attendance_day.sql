-- Grain: one person × day on which the person was enrolled or marked, at the school the day is counted for.
{{ config(materialized='view') }}

{{ attendance_days() }}
