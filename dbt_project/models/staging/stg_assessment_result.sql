-- Grain: one score of a student on one assessment administration; deliveries in force only.
with staged as (
    {{ staged(
        'assessment_result',
        key=['student_id', 'student_id_system', 'assessment_id', 'subject', 'administration_date', 'school_year', 'score_type'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    assessment_id,
    subject,
    administration_date,
    school_year,
    grade_level,
    score_type,
    score,
    score_low,
    score_high,
    score_marker,
    performance_level,
    is_proficient,
    party_id,
    source,
    delivery_id,
    as_of
from staged
