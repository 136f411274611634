-- Grain: one student per source, id system and, where the source repeats students, school year; deliveries in force only.
with staged as (
    {{ staged(
        'student',
        key=['student_id', 'student_id_system', 'school_year', 'linked_student_id', 'linked_student_id_system'],
        students=true,
    ) }}
)

select
    student_id,
    student_id_system,
    student_id_issuer,
    school_year,
    linked_student_id,
    linked_student_id_system,
    nullif(trim(first_name), '') as first_name,
    nullif(trim(middle_name), '') as middle_name,
    nullif(trim(last_name), '') as last_name,
    nullif(trim(name_suffix), '') as name_suffix,
    nullif(trim(preferred_name), '') as preferred_name,
    birth_date,
    sex,
    race_ethnicity,
    is_hispanic,
    is_american_indian,
    is_asian,
    is_black,
    is_pacific_islander,
    is_white,
    is_two_or_more,
    nullif(trim(street_address), '') as street_address,
    nullif(trim(city), '') as city,
    zip,
    nullif(trim(phone), '') as phone,
    nullif(trim(email), '') as email,
    party_id,
    source,
    delivery_id,
    as_of
from staged
