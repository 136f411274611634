"""A second agency that numbers its students 1, 2, 3 too: invented, so that a test can show that ids of two issuers stay apart.

Agencies A and B of the open files do just that (agency B is not loaded); their numbers mean different children.
"""

from pathlib import Path

SOURCE = "invented-agency-b"
DAYS = {"1": (180, 0), "2": (180, 90), "21803": (180, 18)}

_CONTRACT = f"""apiVersion: v3.1.0
kind: DataContract
id: {SOURCE}
name: An invented agency with the same local numbers as agency A
version: 1.0.0
status: active
customProperties:
  - {{property: party, value: {{id: {SOURCE}, name: Invented agency B, type: district, community: null}}}}
  - {{property: terms, value: {{agreement: open-data}}}}
schema:
  - name: attendance_total
    physicalName: days.csv
    customProperties: [{{property: feed, value: attendance_total}}]
    properties:
      - {{name: student_id, physicalName: sid}}
      - {{name: school_year, customProperties: [{{property: constant, value: 2008}}]}}
      - {{name: days_enrolled, physicalName: enrolled}}
      - {{name: days_absent, physicalName: absent}}
"""


def stage(landing: Path) -> None:
    (landing / "contracts" / f"{SOURCE}.yaml").write_text(_CONTRACT, encoding="utf-8")
    folder = landing / "inbox" / SOURCE / "2008-08-31"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{student},{enrolled},{absent}\n" for student, (enrolled, absent) in DAYS.items()]
    (folder / "days.csv").write_text("sid,enrolled,absent\n" + "".join(lines), encoding="utf-8")
