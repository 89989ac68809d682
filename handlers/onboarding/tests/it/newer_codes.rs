//! While a newer program runs beside this one, and writes what only it knows.

use serde_json::json;
use testkit::Call;
use values::StaffRole::Operator;

use crate::fixture::{APPLICATIONS, Fixture, REVIEWS, card, hkid};

#[tokio::test]
async fn what_only_a_newer_program_knows_may_be_asked_for_again_and_holds_up_nobody_else() {
    for (column, code) in [("status", "suspended"), ("kind", "trust"), ("findings", "face-differs")]
    {
        let fixture = Fixture::new().await;
        let (ann, bob) = (fixture.applicant(), fixture.applicant());
        let id = fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
        let others = fixture.begin(&bob, &hkid("G123456(A)")).await;
        let sql = format!("UPDATE applications SET {column} = '{code}' WHERE user_id = ");
        let sql = format!("{sql} UNHEX('{}')", ann.user_id.uuid().simple());
        let _none: Vec<u8> = fixture.query(&sql).await;
        let wong = fixture.colleague("wong@example.com", &[Operator]);
        for (token, path) in [
            (&ann.token, format!("{APPLICATIONS}/{id}")),
            (&ann.token, APPLICATIONS.to_owned()),
            (&wong.token, format!("{REVIEWS}/{id}")),
        ] {
            let answer = fixture.get(token, &path).await;
            answer.expect_refusal(503, "try-again");
        }
        fixture.tick().await;
        fixture.get(&bob.token, &format!("{APPLICATIONS}/{others}")).await.expect(200);
        let call = Call::post(&format!("{APPLICATIONS}/{others}/withdraw")).json(&json!(null));
        fixture.send(&bob.token, call).await.expect(200);
    }
}
