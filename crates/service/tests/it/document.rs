//! The document says what the routes do.

use serde_json::{Value, json};
use testkit::{Call, InProcess};

use crate::issuer_and_routes;

async fn document() -> Value {
    let (_issuer, routes) = issuer_and_routes().await;
    Call::get("/api/v1/things/openapi.json").send(&routes).await.expect(200)
}

#[tokio::test]
async fn an_operation_is_named_like_its_handler_and_says_what_it_takes() {
    let document = document().await;
    let create = &document["paths"]["/api/v1/things/{payment_id}"]["post"];
    assert_eq!(create["operationId"], "create_thing");
    assert_eq!(create["summary"], "Creates a thing.");
    assert_eq!(create["security"], json!([{"bearer": []}]));
    let names: Vec<&Value> =
        create["parameters"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["payment_id", "Idempotency-Key"]);
    let thing = json!({"$ref": "#/components/schemas/Thing"});
    assert_eq!(create["requestBody"]["content"]["application/json"]["schema"], thing);
    assert_eq!(create["responses"]["202"]["content"]["application/json"]["schema"], thing);
    assert!(create["responses"]["4XX"].is_object() && create["responses"]["5XX"].is_object());
    assert!(document["paths"]["/api/v1/things"]["post"].get("security").is_none());
}

#[tokio::test]
async fn every_response_has_a_description_and_every_field_of_an_answer_is_required() {
    let document = document().await;
    let read = &document["paths"]["/api/v1/things/me"]["get"]["responses"]["200"];
    assert_eq!(read["description"], "OK");
    let problem = &document["components"]["schemas"]["Problem"];
    assert_eq!(problem["required"].as_array().unwrap().len(), 9);
    assert_eq!(document["components"]["schemas"]["Thing"]["additionalProperties"], false);
}

#[tokio::test]
async fn a_thing_that_changes_is_described_with_its_etag_and_what_may_be_absent_of_a_change() {
    let document = document().await;
    let methods = &document["paths"]["/api/v1/things/versioned"];
    let parameter = |method: &str| {
        let one = &methods[method]["parameters"][0];
        (one["name"].clone(), one["in"].clone(), one["required"].clone())
    };
    assert_eq!(parameter("get"), (json!("If-None-Match"), json!("header"), json!(null)));
    assert_eq!(parameter("patch"), (json!("If-Match"), json!("header"), json!(true)));
    for method in ["get", "patch"] {
        assert!(methods[method]["responses"]["200"]["headers"]["ETag"].is_object(), "{method}");
    }
    assert!(methods["get"]["responses"]["304"]["content"].is_null());
    assert_eq!(methods["get"]["responses"]["304"]["description"], "Not Modified");
    assert!(methods["patch"]["responses"].get("304").is_none());

    let body = &methods["patch"]["requestBody"]["content"]["application/merge-patch+json"];
    assert_eq!(body["schema"]["$ref"], "#/components/schemas/ChangeThing");
    let change = &document["components"]["schemas"]["ChangeThing"];
    assert_eq!(change["properties"]["name"]["type"], "string");
    assert_eq!(change["properties"]["note"]["type"], json!(["string", "null"]));
    assert!(change.get("required").is_none() && change["additionalProperties"] == false);
}

#[tokio::test]
async fn the_document_lists_every_refusal_with_its_words() {
    let document = document().await;
    let problems = document["x-problems"].as_array().unwrap();
    assert_eq!(problems.len(), service::REFUSALS.len());
    let busy = problems.iter().find(|problem| problem["code"] == "try-again").unwrap();
    assert_eq!((&busy["status"], &busy["retryable"]), (&json!(503), &json!(true)));
    for language in ["en", "zh-Hant", "zh-Hans"] {
        assert!(busy["message"][language].is_string(), "{busy}");
    }
    assert!(document["components"]["schemas"]["FieldError"].is_object());
}
