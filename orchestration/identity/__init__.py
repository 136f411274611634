"""Who is who: one person per child across all sources.

Belongs here: ids of students, the links between them and the person each belongs to.
A reader starts at identify.py. Does not belong here: anything about attendance, programs or measures; those know `person_id` only.
"""
