-- Grain: one party that has a contract.
select
    party_id,
    max(party_name) as party_name,
    max(party_type) as party_type,
    max(community_id) as community_id
from {{ source('governance', 'source') }}
group by party_id
