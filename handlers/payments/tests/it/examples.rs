//! The document shows what each request and answer looks like, and the service takes what it shows.

use serde_json::Value;
use testkit::Call;
use values::{Product, StaffRole};

use crate::{Fixture, new_key};

/// Of one method of one path.
struct Documented {
    method: String,
    path: String,
    operation: Value,
}

impl Documented {
    /// Bodies in JSON: of the request, and of each success.
    fn contents(&self) -> Vec<(String, &Value)> {
        let answers = self.operation["responses"].as_object().unwrap().iter();
        let answers = answers.filter(|(status, _)| status.starts_with('2'));
        let bodies = answers.map(|(status, answer)| (status.clone(), answer));
        let request = self.operation.get("requestBody").map(|body| ("request".to_owned(), body));
        let contents = request.into_iter().chain(bodies).flat_map(|(what, body)| {
            let contents = body["content"].as_object().into_iter().flatten();
            contents.map(move |(media_type, content)| (what.clone(), media_type, content))
        });
        let json = contents.filter(|(_, media_type, _)| media_type.contains("json"));
        json.map(|(what, _, content)| (what, content)).collect()
    }

    fn request(&self) -> Option<&Value> {
        let contents = self.contents().into_iter();
        contents.filter(|(what, _)| what == "request").map(|(_, content)| content).next()
    }

    /// The path with the examples of its placeholders.
    fn filled(&self) -> String {
        let parameters = self.operation["parameters"].as_array().unwrap().iter();
        parameters.filter(|one| one["in"] == "path").fold(self.path.clone(), |path, one| {
            let schema = &one["schema"];
            let example = schema["examples"][0].as_str().or(schema["example"].as_str());
            let name = one["name"].as_str().unwrap();
            path.replace(&format!("{{{name}}}"), example.unwrap_or("none"))
        })
    }
}

async fn documented(fixture: &Fixture) -> Vec<Documented> {
    let document = fixture.send(Call::get("/api/v1/payments/openapi.json")).await.expect(200);
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(|(method, operation)| Documented {
            method: method.to_uppercase(),
            path: path.clone(),
            operation: operation.clone(),
        })
    });
    operations.collect()
}

#[tokio::test]
async fn every_request_and_answer_in_json_has_an_example() {
    let fixture = Fixture::new().await;
    let (mut shown, mut missing) = (0, Vec::new());
    for documented in documented(&fixture).await {
        for (what, content) in documented.contents() {
            match content.get("example") {
                Some(_) => shown += 1,
                None => missing.push(format!("{} {} {what}", documented.method, documented.path)),
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(shown > 100, "{shown}");
}

/// What it asks for in the example may not be there, or not be the caller's; but it is understood.
#[tokio::test]
async fn no_example_of_a_request_is_a_body_that_is_not_understood() {
    let fixture = Fixture::new().await;
    let consumer = fixture.consumer_with(50_000).await;
    let merchant = fixture.person(Product::Business).await;
    let staff = fixture.staff("chan@example.com", StaffRole::ALL);
    let mut sent = 0;
    for documented in documented(&fixture).await {
        let Some(content) = documented.request() else { continue };
        let security = &documented.operation["security"][0];
        let token = match security["bearer"][0].as_str() {
            Some("consumer") | None => &consumer.token,
            Some("business") => &merchant.token,
            Some(_) => &staff,
        };
        let call = Call::new(&documented.method, &documented.filled()).key(&new_key());
        let call = call.bearer(token).json(&content["example"]);
        let answer = fixture.send(call).await;
        let code = answer.json()["code"].clone();
        let what = format!("{} {}: {} {code}", documented.method, documented.path, answer.status);
        assert!(![400, 500].contains(&answer.status), "{what} {}", content["example"]);
        sent += 1;
    }
    assert!(sent > 40, "{sent}");
}
