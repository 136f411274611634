"""What leaves the hub, and under which name.

Belongs here: pseudonyms of persons for recipients. Does not belong here: who is who (identity), what may be shown (disclosure).
"""
