-- Grain: one record of service a partner sent; repeated records stay, each with the number of its likes.
with records as (
    select
        person_key.person_id,
        sessions.party_id,
        sessions.party_id || ':' || sessions.program_id as program_id,
        sessions.service_name,
        sessions.session_date,
        {{ school_year_of('sessions.session_date') }} as school_year,
        sessions.session_status,
        sessions.quantity,
        sessions.unit,
        sessions.source,
        -- A blank mark with an amount says that something was delivered; without one it says nothing.
        sessions.session_status = 'present'
        or (sessions.session_status = 'unknown' and coalesce(sessions.quantity, 0) > 0) as is_attended
    from {{ ref('stg_program_session_attendance') }} as sessions
    {{ person_join('sessions') }}
)

select
    person_id,
    program_id,
    party_id,
    service_name,
    session_date,
    school_year,
    session_status,
    is_attended,
    cast(case
        when is_attended and unit = 'hours' then quantity
        when is_attended and unit = 'minutes' then quantity / 60
    end as decimal(18, 4)) as hours,
    cast(case when is_attended and unit = 'sessions' then quantity end as decimal(18, 4)) as sessions,
    quantity,
    unit,
    count(*) over (partition by person_id, program_id, service_name, session_date) as record_count,
    source
from records
