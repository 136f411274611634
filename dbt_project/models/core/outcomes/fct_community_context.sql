-- Grain: one statistic of a place and period, as a publisher printed it: statistic, unit, period, source.
select
    statistic_id,
    unit_type,
    case when unit_type in ('community', 'zip') then unit_id else party_id || ':' || unit_id end as unit_id,
    unit_name,
    case when parent_unit_id is not null then party_id || ':' || parent_unit_id end as parent_unit_id,
    period,
    value,
    value_low,
    value_high,
    margin_of_error,
    value_marker,
    party_id,
    source,
    as_of
from {{ ref('stg_community_context') }}
