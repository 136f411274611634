"""Standard code lists that feed columns may hold; a contract maps local codes to these.

Belongs here: the hub's code lists, each with the CEDS or Ed-Fi option set it follows.
Does not belong here: local codes of a source (its contract) or what a measure makes of a code (its SQL).
"""

# CEDS "Entry Grade Level": KG and two-digit grades; UG ungraded, PS post-secondary (grade 13 and above), AE adult education.
GRADE_LEVEL = (
    "IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "PS", "UG", "AE",
)  # fmt: skip

# One of seven for reporting (72 FR 59266), EDFacts MHL, MAN, MA, MB, MNP, MW, MM; "unknown" is a counted result.
RACE_ETHNICITY = (
    "hispanic", "american_indian", "asian", "black", "pacific_islander", "white", "two_or_more", "unknown",
)  # fmt: skip

SEX = ("female", "male", "other", "unknown")

# The groups of measures.md section 1; race, sex and grade bands are derived from student and enrollment.
STUDENT_GROUP = (
    "english_learner", "non_english_learner",
    "students_with_disabilities", "students_without_disabilities",
    "economically_disadvantaged", "not_economically_disadvantaged",
    "free_meals", "reduced_price_meals",
    "homeless", "foster_care", "military_connected", "migrant", "section_504", "gifted",
)  # fmt: skip

# Care in the year before kindergarten, as entry assessments report it; a family centre is pre-K with services for parents.
PRIOR_CARE = (
    "public_pre_k", "public_pre_k_family_center", "other_pre_k", "head_start", "child_care_center", "family_child_care",
    "nursery_school", "informal_care", "repeated_kindergarten", "unknown",
)  # fmt: skip

# A publisher's figures may be about any group the hub knows, about single grades, and about prior care.
PUBLISHED_GROUP = (
    "all",
    *(f"race_{code}" for code in RACE_ETHNICITY),
    *(f"sex_{code}" for code in SEX),
    *STUDENT_GROUP,
    *(f"grade_{grade}" for grade in GRADE_LEVEL),
    *(f"prior_care_{code}" for code in PRIOR_CARE),
)

# CEDS Attendance Status and Absent Attendance Category; Ed-Fi attendanceEventCategory.
ATTENDANCE_STATUS = (
    "present", "tardy", "partial", "absent", "absent_excused", "absent_unexcused",
    "suspended_out_of_school", "suspended_in_school", "independent_study", "remote", "not_taken", "unknown",
)  # fmt: skip

# What happened at one program session; "unknown" is a blank mark whose contract does not say that quantity means presence.
SESSION_STATUS = ("present", "absent_excused", "absent_unexcused", "absent", "cancelled", "unknown")

DOSAGE_UNIT = ("hours", "minutes", "days", "sessions", "meals", "dollars", "attendees", "items", "logins", "other")

# CEDS Exit or Withdrawal Type, reduced to what a cohort or a mobility count does with it.
EXIT_TYPE = (
    "transfer_in_district", "transfer_in_state", "transfer_out_of_state", "private_school", "home_school", "emigrated",
    "graduated", "other_completion", "dropped_out", "died", "aged_out", "no_show", "end_of_year", "correctional", "unknown",
)  # fmt: skip

DIPLOMA_TYPE = ("regular", "alternate", "equivalency", "certificate", "other", "unknown")

PROGRAM_ROLE = ("participant", "volunteer", "staff", "other")
PROGRAM_STAGE = ("applied", "waitlisted", "enrolled", "active", "completed", "withdrawn", "other")

COLLEGE_LEVEL = ("2_year", "4_year", "less_than_2_year", "unknown")
COLLEGE_SECTOR = ("public", "private", "unknown")
# National Student Clearinghouse StudentTracker "Enrollment Status".
COLLEGE_STATUS = ("full_time", "three_quarter_time", "half_time", "less_than_half_time", "leave", "withdrawn", "deceased", "unknown")

UNIT_TYPE = ("state", "community", "district", "school", "program", "zip", "site")

CODE_LISTS: dict[str, tuple[str, ...]] = {
    "grade_level": GRADE_LEVEL,
    "race_ethnicity": RACE_ETHNICITY,
    "sex": SEX,
    "student_group": STUDENT_GROUP,
    "published_group": PUBLISHED_GROUP,
    "attendance_status": ATTENDANCE_STATUS,
    "session_status": SESSION_STATUS,
    "dosage_unit": DOSAGE_UNIT,
    "exit_type": EXIT_TYPE,
    "diploma_type": DIPLOMA_TYPE,
    "program_role": PROGRAM_ROLE,
    "program_stage": PROGRAM_STAGE,
    "college_level": COLLEGE_LEVEL,
    "college_sector": COLLEGE_SECTOR,
    "college_status": COLLEGE_STATUS,
    "unit_type": UNIT_TYPE,
}
