-- Grain: one row per source: what arrived, how much of it could be used, and whether the next delivery is late
with deliveries as (
    select
        source,
        max(case when status = 'accepted' then received_at end) as last_received_at,
        max(case when status = 'accepted' then as_of end) as as_of,
        count(*) as deliveries,
        sum(rows_read) as rows_read,
        sum(case when status in ('accepted', 'superseded') then rows_accepted else 0 end) as rows_accepted,
        sum(rows_rejected) as rows_rejected
    from {{ source('governance', 'delivery') }}
    where status in ('accepted', 'superseded', 'quarantined')
    group by source
)

select
    sources.source,
    sources.party_id,
    sources.party_name,
    sources.party_type,
    cast(deliveries.last_received_at as date) as last_received_on,
    deliveries.as_of,
    cast(coalesce(deliveries.deliveries, 0) as bigint) as deliveries,
    cast(coalesce(deliveries.rows_read, 0) as bigint) as rows_read,
    cast(coalesce(deliveries.rows_accepted, 0) as bigint) as rows_accepted,
    cast(coalesce(deliveries.rows_rejected, 0) as bigint) as rows_rejected,
    case
        when deliveries.rows_read > 0 then cast(deliveries.rows_accepted as double) / cast(deliveries.rows_read as double)
    end as usable_share,
    coalesce(
        {{ dbt.datediff('deliveries.last_received_at', 'current_date', 'day') }} > sources.freshness_days,
        sources.freshness_days is not null
    ) as is_late,
    sources.attribution
from {{ source('governance', 'source') }} as sources
left join deliveries on sources.source = deliveries.source
