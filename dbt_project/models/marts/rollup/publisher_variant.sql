-- Grain: one row per measure × definition that publishers use; a definition nobody has described is another definition (C)
select
    figures.measure_id,
    figures.definition as variant_id,
    max(coalesce(definitions.definition_name, figures.definition)) as variant_name,
    max(coalesce(definitions.authority, figures.party_id)) as authority,
    max(coalesce(definitions.comparability, 'C')) as comparability,
    max(coalesce(definitions.value_kind, measures.value_kind, 'proportion')) as value_kind,
    max(definitions.source_ref) as source_ref,
    max(definitions.note) as note
from {{ ref('fct_published_indicator') }} as figures
left join {{ ref('publisher_definition') }} as definitions
    on figures.measure_id = definitions.measure_id and figures.definition = definitions.definition
left join {{ ref('published_measure') }} as measures on figures.measure_id = measures.measure_id
group by figures.measure_id, figures.definition
