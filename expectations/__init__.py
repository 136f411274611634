"""What must be true of the files before they are published: one module per audited table.

A module names the FILE and the TABLE it audits and has `suite(gxe)`, which returns Great Expectations expectations, each
with why it exists and what to do when it fails. Adding a module is all it takes. Does not belong here: running them
(orchestration/quality), structure that dbt tests (keys and relations of models).
"""
