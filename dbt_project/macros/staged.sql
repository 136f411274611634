{#
  The rows of one feed that are in force, with the party that sent them.
  The ledger has decided which deliveries count; here they are only looked up. Where several deliveries of a table count
  together (changes after a whole file), the newest row of each record wins and a deleted one disappears: newest by delivery,
  then by the sender's own sequence. A record is what the sender calls one; where it has no id of its own, the feed's key.
  Both halves join the small ledger first, so a half without deliveries costs nothing.
#}
{% macro staged(feed, key=[], students=false) -%}
    select *
    from (
        {{ _rows_in_force(feed, students, "deliveries.by_key is not true" if key else none, 'cast(1 as bigint)') }}
        {%- if key %}
        union all
        {{ _rows_in_force(feed, students, "deliveries.by_key", _recency(key)) }}
        {%- endif %}
    ) as in_force
    where _recency = 1 and _deleted is not true
{%- endmacro %}


{% macro _rows_in_force(feed, students, which, recency) -%}
        select
            rows_read.*,
            deliveries.as_of,
            sources.party_id,
            {%- if students %}
            coalesce(id_systems.issuer, sources.party_id) as student_id_issuer,
            {%- endif %}
            {{ recency }} as _recency
        from {{ raw_feed(feed) }} as rows_read
        inner join {{ source('governance', 'delivery_feed') }} as deliveries
            on
                rows_read.source = deliveries.source
                and rows_read.delivery_id = deliveries.delivery_id
                and rows_read._scope = deliveries.scope
        inner join {{ source('governance', 'source') }} as sources on rows_read.source = sources.source
        {%- if students %}
        left join {{ source('governance', 'id_system') }} as id_systems
            on rows_read.source = id_systems.source and rows_read.student_id_system = id_systems.student_id_system
        {%- endif %}
        where deliveries.feed = '{{ feed }}' and deliveries.in_force{% if which %} and {{ which }}{% endif %}
{%- endmacro %}


{% macro _recency(key) -%}
            rank() over (
                partition by
                    rows_read.source, rows_read._table, rows_read._record
                    {%- for column in key %}, case when rows_read._record is null then rows_read.{{ column }} end{% endfor %}
                order by
                    deliveries.delivery_order desc,
                    coalesce(rows_read._sequence, 0) desc,
                    case when rows_read._deleted then 1 else 0 end desc
            )
{%- endmacro %}
