"""A made-up source whose every personal value can be told from all others: wherever one turns up, it came from here.

Does not belong here: looking for the values (tests/pipeline/test_no_personal_values.py).
"""

from tests.support.hub import Hub

# Each is unlike anything in code, paths or other data. The birth date is written as the two forms it could take on its way.
VALUES = (
    "Zyxqvanna",
    "Quorblington",
    "Vexmiddle",
    "Wubnick",
    "1907-03-14",
    "03/14/1907",
    "48 Sentinelwood",
    "Glimmerfordville",
    "555-0147-881",
    "zyxq@quorb.example",
    "SENTINEL-4815162342",
)

SOURCE = "sentinel"
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sentinel
name: Sentinel district
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: district-sentinel, name: Sentinel School District, type: district}
  - property: delivery
    value: {replacement: snapshot, max_rejected_share: 0.9}
  - property: terms
    value: {agreement: test}
  - property: student_ids
    value: {local: {}}
schema:
  - name: students
    physicalName: students.csv
    customProperties:
      - {property: feed, value: student}
    properties:
      - {name: student_id, physicalName: Id}
      - {name: first_name, physicalName: First}
      - {name: middle_name, physicalName: Middle}
      - {name: last_name, physicalName: Last}
      - {name: preferred_name, physicalName: Nick}
      - name: birth_date
        physicalName: Born
        customProperties: [{property: formats, value: ["%m/%d/%Y"]}]
      - {name: street_address, physicalName: Street}
      - {name: city, physicalName: City}
      - {name: phone, physicalName: Phone}
      - {name: email, physicalName: Mail}
      - {name: sex, physicalName: Sex}
  - name: attendance
    physicalName: attendance.csv
    customProperties:
      - {property: feed, value: attendance}
    properties:
      - {name: student_id, physicalName: Id}
      - {name: school_id, physicalName: School}
      - {name: attendance_date, physicalName: Date}
      - name: attendance_status
        physicalName: Code
        customProperties: [{property: codes, value: {P: present, A: absent}}]
  - name: enrollment
    physicalName: enrollment.csv
    customProperties:
      - {property: feed, value: enrollment}
    properties:
      - {name: student_id, physicalName: Id}
      - {name: school_id, physicalName: School}
      - {name: school_year, physicalName: Year}
      - {name: grade_level, physicalName: Grade}
      - {name: entry_date, physicalName: Entry}
"""

_CHILD = "Zyxqvanna,Vexmiddle,Quorblington,Wubnick,{born},48 Sentinelwood Lane,Glimmerfordville,555-0147-881,zyxq@quorb.example,{sex}"


def deliver(hub: Hub) -> None:
    """Good rows, and rows broken in every way that might make someone quote them: code, date, repetition, number of fields."""
    born = "03/14/1907"
    header = "Id,First,Middle,Last,Nick,Born,Street,City,Phone,Mail,Sex\n"
    students = [
        f"SENTINEL-4815162342-1,{_CHILD.format(born=born, sex='female')}",
        f"SENTINEL-4815162342-1,{_CHILD.format(born=born, sex='male')}",
        f"SENTINEL-4815162342-2,{_CHILD.format(born=born, sex='female')}",
        f"SENTINEL-4815162342-3,{_CHILD.format(born='1907-03-14', sex='female')}",
        f"SENTINEL-4815162342-4,{_CHILD.format(born=born, sex='Quorblington')}",
        f"SENTINEL-4815162342-5,{_CHILD.format(born=born, sex='male')},one field too many",
    ]
    attendance = [f"SENTINEL-4815162342-2,S1,2024-01-{day:02},{'A' if day < 12 else 'P'}" for day in range(8, 20)]
    attendance.append("SENTINEL-4815162342-2,S1,2024-01-25,Zyxqvanna")
    enrollment = [f"SENTINEL-4815162342-{n},S1,2024,05,2023-09-01" for n in (1, 2)]
    (hub.landing / "contracts").mkdir(parents=True, exist_ok=True)
    (hub.landing / "contracts" / f"{SOURCE}.yaml").write_text(CONTRACT, encoding="utf-8")
    files = {
        "students.csv": header + "\n".join(students) + "\n",
        "attendance.csv": "Id,School,Date,Code\n" + "\n".join(attendance) + "\n",
        "enrollment.csv": "Id,School,Year,Grade,Entry\n" + "\n".join(enrollment) + "\n",
    }
    hub.deliver(SOURCE, "2024-02-01", files)
    # A delivery that is quarantined: its report must not quote it either.
    hub.deliver(SOURCE, "2024-01-01", {**files, "students.csv": "Zyxqvanna,Quorblington\n"})
