"""Deliveries of every profile and example, damaged at random, through the real ingest.

Belongs here: what is damaged (corpus.py), how (mutations.py and one module per format), what must hold whatever happened (harness.py).
"""
