{# The standard code lists of orchestration/feeds/codes.py, for tests. A unit test keeps the two alike. #}
{% macro standard_codes() %}
    {{ return({
        'grade_level': [
            'IT', 'PR', 'PK', 'TK', 'KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13', 'PS',
            'UG', 'AE',
        ],
        'race_ethnicity': [
            'hispanic', 'american_indian', 'asian', 'black', 'pacific_islander', 'white', 'two_or_more', 'unknown',
        ],
        'sex': [
            'female', 'male', 'other', 'unknown',
        ],
        'student_group': [
            'english_learner', 'non_english_learner', 'students_with_disabilities', 'students_without_disabilities',
            'economically_disadvantaged', 'not_economically_disadvantaged', 'free_meals', 'reduced_price_meals', 'homeless',
            'foster_care', 'military_connected', 'migrant', 'section_504', 'gifted',
        ],
        'published_group': [
            'all', 'race_hispanic', 'race_american_indian', 'race_asian', 'race_black', 'race_pacific_islander', 'race_white',
            'race_two_or_more', 'race_unknown', 'sex_female', 'sex_male', 'sex_other', 'sex_unknown', 'english_learner',
            'non_english_learner', 'students_with_disabilities', 'students_without_disabilities', 'economically_disadvantaged',
            'not_economically_disadvantaged', 'free_meals', 'reduced_price_meals', 'homeless', 'foster_care',
            'military_connected', 'migrant', 'section_504', 'gifted', 'grade_IT', 'grade_PR', 'grade_PK', 'grade_TK', 'grade_KG',
            'grade_01', 'grade_02', 'grade_03', 'grade_04', 'grade_05', 'grade_06', 'grade_07', 'grade_08', 'grade_09',
            'grade_10', 'grade_11', 'grade_12', 'grade_13', 'grade_PS', 'grade_UG', 'grade_AE', 'prior_care_public_pre_k',
            'prior_care_public_pre_k_family_center', 'prior_care_other_pre_k', 'prior_care_head_start',
            'prior_care_child_care_center', 'prior_care_family_child_care', 'prior_care_nursery_school',
            'prior_care_informal_care', 'prior_care_repeated_kindergarten', 'prior_care_unknown',
        ],
        'attendance_status': [
            'present', 'tardy', 'partial', 'absent', 'absent_excused', 'absent_unexcused', 'suspended_out_of_school',
            'suspended_in_school', 'independent_study', 'remote', 'not_taken', 'unknown',
        ],
        'session_status': [
            'present', 'absent_excused', 'absent_unexcused', 'absent', 'cancelled', 'unknown',
        ],
        'dosage_unit': [
            'hours', 'minutes', 'days', 'sessions', 'meals', 'dollars', 'attendees', 'items', 'logins', 'other',
        ],
        'exit_type': [
            'transfer_in_district', 'transfer_in_state', 'transfer_out_of_state', 'private_school', 'home_school', 'emigrated',
            'graduated', 'other_completion', 'dropped_out', 'died', 'aged_out', 'no_show', 'end_of_year', 'correctional',
            'unknown',
        ],
        'diploma_type': [
            'regular', 'alternate', 'equivalency', 'certificate', 'other', 'unknown',
        ],
        'program_role': [
            'participant', 'volunteer', 'staff', 'other',
        ],
        'program_stage': [
            'applied', 'waitlisted', 'enrolled', 'active', 'completed', 'withdrawn', 'other',
        ],
        'college_level': [
            '2_year', '4_year', 'less_than_2_year', 'unknown',
        ],
        'college_sector': [
            'public', 'private', 'unknown',
        ],
        'college_status': [
            'full_time', 'three_quarter_time', 'half_time', 'less_than_half_time', 'leave', 'withdrawn', 'deceased', 'unknown',
        ],
        'unit_type': [
            'state', 'community', 'district', 'school', 'program', 'zip', 'site',
        ],
    }) }}
{% endmacro %}
