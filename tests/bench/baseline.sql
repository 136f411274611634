-- The same chronic absence table, written by hand for this one file: what an analyst would run once.
CREATE TABLE child_school AS
SELECT student_id, school_id, count(*)::DECIMAL(9, 4) AS days_enrolled, count(*) FILTER (code = 'A')::DECIMAL(9, 4) AS days_absent
FROM read_csv(
    getvariable('attendance'), header = true, auto_detect = false,
    columns = {'student_id': 'VARCHAR', 'school_id': 'VARCHAR', 'date': 'DATE', 'code': 'VARCHAR'}
)
GROUP BY student_id, school_id;

CREATE TABLE unit_child AS
SELECT 'school' AS unit_type, 'district-elm:' || school_id AS unit_id, student_id, days_enrolled, days_absent FROM child_school
UNION ALL
SELECT unit.unit_type, unit.unit_id, student_id, sum(days_enrolled), sum(days_absent)
FROM child_school, (VALUES ('district', 'district-elm'), ('community', 'elmville')) AS unit (unit_type, unit_id)
GROUP BY ALL;

CREATE TABLE child_group AS
WITH student AS (
    SELECT * FROM read_csv(
        getvariable('students'), header = true, auto_detect = false,
        columns = {'student_id': 'VARCHAR', 'sex': 'VARCHAR', 'race': 'VARCHAR'}
    )
)

SELECT student_id, 'all' AS student_group FROM student
UNION ALL
SELECT student_id, CASE sex WHEN 'F' THEN 'sex_female' ELSE 'sex_male' END FROM student
UNION ALL
SELECT student_id, 'race_' || CASE race WHEN 'H' THEN 'hispanic' WHEN 'W' THEN 'white' WHEN 'B' THEN 'black' ELSE 'asian' END FROM student;

CREATE TABLE variant AS
SELECT * FROM read_csv(getvariable('variants'), header = true, all_varchar = true)
WHERE measure_id = 'chronic_absence_rate' AND low_grade IS NULL;

CREATE TABLE chronic_absence AS
WITH judged AS (
    SELECT
        variant_id, unit_type, unit_id, student_id,
        CASE quantity
            WHEN 'absent_days' THEN days_absent >= from_value::DECIMAL(9, 5)
            ELSE
                days_absent > days_enrolled * from_value::DECIMAL(9, 5)
                OR (from_inclusive = 'true' AND days_absent = days_enrolled * from_value::DECIMAL(9, 5))
        END AS is_chronic
    FROM unit_child, variant
    WHERE (days_enrolled > min_days::INT OR (min_days_inclusive = 'true' AND days_enrolled = min_days::INT))
        AND (school_only <> 'true' OR unit_type = 'school')
        AND (needs_attended_day <> 'true' OR days_absent < days_enrolled)
)

SELECT
    variant_id, unit_type, unit_id, student_group,
    count(*) FILTER (is_chronic) AS numerator, count(*) AS denominator, numerator / denominator AS value,
    (value + 1.96 ^ 2 / (2 * denominator) - 1.96 * sqrt(value * (1 - value) / denominator + 1.96 ^ 2 / (4 * denominator ^ 2)))
    / (1 + 1.96 ^ 2 / denominator) AS ci_low,
    (value + 1.96 ^ 2 / (2 * denominator) + 1.96 * sqrt(value * (1 - value) / denominator + 1.96 ^ 2 / (4 * denominator ^ 2)))
    / (1 + 1.96 ^ 2 / denominator) AS ci_high
FROM judged INNER JOIN child_group USING (student_id)
GROUP BY ALL;
