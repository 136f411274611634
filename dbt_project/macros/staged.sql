{#
  The rows of one feed that are in force, with the party that sent them.
  The ledger has decided which deliveries count; here they are only looked up. Where a source sends changes (delta),
  the newest delivery of each key wins and a deleted row disappears. Both halves join the small ledger first, so a half
  without deliveries costs nothing.
#}
{% macro staged(feed, key=[], students=false) -%}
    select *
    from (
        {{ _rows_in_force(feed, students, "deliveries.replacement <> 'delta'", 'cast(1 as bigint)') }}
        {%- if key %}
        union all
        {{ _rows_in_force(feed, students, "deliveries.replacement = 'delta'", _recency(key)) }}
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
        where deliveries.feed = '{{ feed }}' and deliveries.in_force and {{ which }}
{%- endmacro %}


{% macro _recency(key) -%}
            rank() over (
                partition by rows_read.source, rows_read._table{% for column in key %}, rows_read.{{ column }}{% endfor %}
                order by deliveries.delivery_order desc
            )
{%- endmacro %}
