"""What every request passes: problems, unknown parameters, security headers, health."""


async def test_health_answers_when_the_database_does(anonymous):
    answer = await anonymous.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_unknown_route_is_a_problem_in_both_languages(anonymous):
    answer = await anonymous.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "detail", "detail_en", "next", "next_en", "request_id"} <= answer.json().keys()


async def test_unknown_query_parameter_is_refused(anonymous):
    answer = await anonymous.get("/health?verbose=1")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


async def test_every_answer_forbids_inline_script_and_names_its_request(anonymous):
    answer = await anonymous.get("/api/v1/nothing")

    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


async def test_openapi_is_3_1(anonymous):
    answer = await anonymous.get("/openapi.json")

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


async def test_every_operation_tells_its_problems_and_its_words(anonymous):
    document = (await anonymous.get("/openapi.json")).json()

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary") and operation.get("description"), (
                f"{method} {path} has no docstring"
            )
            refusals = {
                status: answer for status, answer in operation["responses"].items() if status >= "400"
            }
            assert {"400", "429"} <= refusals.keys()
            assert all("application/problem+json" in answer["content"] for answer in refusals.values()), (
                f"{method} {path}"
            )


async def test_operations_that_create_or_change_name_their_headers_problems(anonymous):
    paths = (await anonymous.get("/openapi.json")).json()["paths"]

    assert {"409", "422"} <= paths["/api/v1/contests/{contest_id}/award-checks"]["post"]["responses"].keys()
    assert {"412", "428"} <= paths["/api/v1/items/{item_id}/publication"]["patch"]["responses"].keys()
    assert paths["/api/v1/public/rankings/{item_id}"]["get"]["security"] == []
