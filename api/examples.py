"""What a request looks like: a body for each step of the main job, shown in the OpenAPI document. A test sends every one.

Ids are made up, and ID numbers begin with 00, which belongs to nobody; everything else is taken as it stands.
"""

from typing import Any, Final

# A JSON Schema document has no narrower type.
Body = dict[str, Any]

REQUESTS: Final[dict[tuple[str, str], Body]] = {
    ("post", "/api/v1/seasons"): {
        "organisation_id": "org_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "year": 2027,
        "name_zh": "2027赛季",
        "name_en": "Season 2027",
        "plan_province": 10,
        "plan_city": 100,
        "plan_base": 1000,
    },
    ("post", "/api/v1/contests"): {
        "season_id": "sea_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "preset_id": "pre_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "host_id": "org_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "name_zh": "2027年职工职业技能大赛省级决赛",
        "name_en": "Workers' skills contest 2027, provincial final",
        "registration_opens_at": "2027-01-10T08:00",
        "registration_closes_at": "2027-02-26 24:00",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-03",
        "items": ["fitter", "welder"],
    },
    ("post", "/api/v1/contests/{contest_id}/items"): {
        "trade": "turner",
        "code": "turner",
        "name_zh": "车工",
        "name_en": "Turning",
        "capacity": 60,
        "per_delegation": 3,
        "live": "progress",
    },
    ("post", "/api/v1/contests/{contest_id}/transitions"): {"to": "published"},
    ("post", "/api/v1/contests/{contest}/entries"): {
        "item": "itm_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "delegation": "dlg_01J9X3D5N7Q2R4T6V8W0Y1Z3A5",
        "unit_name": "石家庄示例机械厂",
        "members": [
            {
                "role": "contestant",
                "name": "示例甲",
                "document_type": "id_card",
                "document_number": "000000198803120038",
                "post": "装配钳工",
                "skill_level": "senior",
            }
        ],
        "submit_to": "at_organiser",
    },
    ("post", "/api/v1/entries/{entry}/transitions"): {
        "to": "returned",
        "reason": "技能等级证书看不清，请重传。",
    },
    ("post", "/api/v1/items/{item_id}/theory-marks"): {
        "rows": [{"number": "FITTER-0001", "value": "88.5"}, {"number": "FITTER-0002", "value": None}]
    },
    ("post", "/api/v1/sessions/{session_id}/transitions"): {"to": "paused", "reason": "停电"},
    ("post", "/api/v1/sheets/{sheet_id}/marks:batch"): {
        "ops": [
            {
                "op_id": "0192f1c2-7d4e-7a31-9c55-3f0f6a1d2b10",
                "criterion": "C1",
                "state": "scored",
                "value": "8",
                "base_rev": 0,
                "entered_at": "2027-03-01T09:31:07+08:00",
            },
            {
                "op_id": "0192f1c2-7d4e-7a31-9c55-3f0f6a1d2b11",
                "criterion": "C2",
                "state": "not_attempted",
                "base_rev": 0,
                "entered_at": "2027-03-01T09:31:12+08:00",
            },
        ]
    },
    ("post", "/api/v1/sheets/{sheet_id}/transitions"): {"to": "submitted", "seq": 2},
    ("post", "/api/v1/items/{item_id}/publication/transitions"): {"to": "provisional", "ranked": 3},
    ("post", "/api/v1/slots/{slot_id}/transitions"): {"to": "accepted"},
}
