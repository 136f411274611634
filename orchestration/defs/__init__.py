"""The thin Dagster layer: each module turns one stage of the pipeline into assets.

Belongs here: asset keys, groups, metadata, checks, triggers. Does not belong here: logic; that is plain Python beside this folder.
"""
