//! A shop becomes known: by its owner, its certificate, and two members of staff.

use events::business_profile::{BusinessChangedV1, BusinessHandoverChangedV1};
use events::ocr::ReadingV1;
use events::onboarding::BusinessVerificationChangedV1;
use serde_json::{Value, json};
use values::{BusinessId, ShopHandoverId, StaffRole};

use crate::fixture::{APPLICATIONS, Applicant, Fixture, card, hkid, listed, reading};

fn changed(applicant: &Applicant, business_id: BusinessId, version: u32) -> BusinessChangedV1 {
    BusinessChangedV1 {
        business_id: business_id.to_string(),
        version,
        owner_user_id: applicant.user_id.to_string(),
        shop_name: "Wing Kee".to_owned(),
        shop_name_latin: None,
        category_code: "5812".to_owned(),
        fps_id: None,
        is_closed: false,
        logo_id: None,
    }
}

async fn tell(fixture: &Fixture, changed: &BusinessChangedV1) {
    let event = testkit::event(&changed.business_id, changed);
    let routes = fixture.routes.clone();
    testkit::deliver(&routes, "onboarding_on_business_profile", &[event]).await;
}

fn details(business_id: BusinessId) -> Value {
    json!({
        "type": "business", "business_id": business_id, "legal_form": "company",
        "legal_name": "Wing Kee Limited", "legal_name_chinese": "永記有限公司",
        "registration_number": "12345678-000", "representative": "director",
        "owners": [{"name": "Chan Tai Man", "name_chinese": null, "birth_date": "1990-01-31"}],
    })
}

fn certificate() -> ReadingV1 {
    reading(
        "business-registration",
        &[
            ("document_number", "12345678000"),
            ("name", "WING KEE LIMITED"),
            ("name_chinese", "永記有限公司"),
            ("expiry_date", "2099-03-31"),
        ],
    )
}

async fn approvals(fixture: &Fixture) -> Vec<(u32, bool)> {
    let told: Vec<BusinessVerificationChangedV1> = fixture.database.told().await;
    told.into_iter().map(|event| (event.version, event.is_approved)).collect()
}

#[tokio::test]
async fn a_shop_is_known_once_two_members_of_staff_agree() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let business_id = BusinessId::new();
    tell(&fixture, &changed(&ann, business_id, 1)).await;
    let early = fixture.post(&ann.token, APPLICATIONS, &details(business_id)).await;
    early.expect_refusal(409, "identity-first");
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;

    let id = fixture.decided(&ann, &details(business_id), &certificate()).await;
    let seen = fixture.seen(&id).await;
    assert_eq!(seen["application"]["findings"], json!(["human-needed"]));
    assert_eq!(seen["shop"]["shop_name"], "Wing Kee");
    let operator = fixture.colleague("op@example.com", &[StaffRole::Operator]);
    fixture.review(&operator, &id, "claim", &json!(null)).await.expect(200);
    let approve = json!({
        "decision": {"type": "approve", "expires_on": "2099-03-31"}, "note": "all agrees",
    });
    let approved = fixture.review(&operator, &id, "decide", &approve).await.expect(200);
    assert_eq!(approved["status"], "awaiting-release");
    assert_eq!(fixture.status(&ann, &id).await, "in-review");
    assert_eq!(approvals(&fixture).await, []);
    let reviewer = fixture.colleague("rev@example.com", &[StaffRole::Reviewer]);
    let note = json!({"note": "seen as well"});
    let released = fixture.review(&reviewer, &id, "release", &note).await.expect(200);
    assert_eq!(released["status"], "approved");
    assert_eq!(approvals(&fixture).await, [(1, true)]);
    let read = fixture.get(&ann.token, &format!("{APPLICATIONS}/{id}")).await.expect(200);
    assert_eq!(read["expires_on"], "2099-03-31");
}

#[tokio::test]
async fn only_who_owns_a_business_that_is_there_speaks_for_it() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    fixture.decided(&bob, &hkid("G123456(A)"), &card("G123456(A)")).await;
    let business_id = BusinessId::new();
    let unknown = fixture.post(&ann.token, APPLICATIONS, &details(business_id)).await;
    unknown.expect_refusal(404, "not-yet-known");
    tell(&fixture, &changed(&ann, business_id, 2)).await;
    let closed = BusinessChangedV1 { is_closed: true, ..changed(&ann, business_id, 1) };
    tell(&fixture, &closed).await;
    let foreign = fixture.post(&bob.token, APPLICATIONS, &details(business_id)).await;
    foreign.expect_refusal(404, "business-not-found");
    let mut nobody = details(business_id);
    nobody["owners"] = json!([]);
    fixture.post(&ann.token, APPLICATIONS, &nobody).await.expect_refusal(400, "invalid-body");
    fixture.begin(&ann, &details(business_id)).await;

    let closed = BusinessChangedV1 { is_closed: true, ..changed(&ann, business_id, 3) };
    tell(&fixture, &closed).await;
    let other = BusinessId::new();
    let closed = BusinessChangedV1 { is_closed: true, ..changed(&ann, other, 1) };
    tell(&fixture, &closed).await;
    let late = fixture.post(&ann.token, APPLICATIONS, &details(other)).await;
    late.expect_refusal(404, "business-not-found");
}

#[tokio::test]
async fn nobody_speaks_for_a_shop_who_is_no_longer_known() {
    let fixture = Fixture::new().await;
    let ann = fixture.applicant();
    let business_id = BusinessId::new();
    tell(&fixture, &changed(&ann, business_id, 1)).await;
    let identity = fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    let shop = fixture.decided(&ann, &details(business_id), &certificate()).await;
    fixture.import(&listed(&[("Chan Tai Man", "陳大文", 1990)])).await.expect(200);
    fixture.tick().await;
    let operator = fixture.colleague("op@example.com", &[StaffRole::Operator]);
    let reviewer = fixture.colleague("rev@example.com", &[StaffRole::Reviewer]);
    fixture.review(&operator, &identity, "claim", &json!(null)).await.expect(200);
    let reject = json!({"decision": {"type": "reject", "reasons": ["other"]}, "note": "it is her"});
    fixture.review(&operator, &identity, "decide", &reject).await.expect(200);

    fixture.review(&operator, &shop, "claim", &json!(null)).await.expect(200);
    let approve = json!({
        "decision": {"type": "approve", "expires_on": "2099-03-31"}, "note": "all agrees",
    });
    fixture.review(&operator, &shop, "decide", &approve).await.expect(200);
    let note = json!({"note": "seen as well"});
    let released = fixture.review(&reviewer, &shop, "release", &note).await;
    released.expect_refusal(409, "identity-first");
    assert_eq!(approvals(&fixture).await, []);
}

async fn hand_over(
    fixture: &Fixture,
    business_id: BusinessId,
    [from, to]: [&Applicant; 2],
    version: u32,
) {
    let handover = BusinessHandoverChangedV1 {
        handover_id: ShopHandoverId::new().to_string(),
        business_id: business_id.to_string(),
        shop_name: "Wing Kee".to_owned(),
        from_user_id: from.user_id.to_string(),
        to_user_id: to.user_id.to_string(),
        status: "accepted".to_owned(),
        business_version: version,
        changed_at: "2026-12-01T04:00:00.000Z".to_owned(),
    };
    let subject = business_id.to_string();
    let events = [
        testkit::event(&subject, &changed(to, business_id, version)),
        testkit::event(&subject, &handover),
    ];
    testkit::deliver(&fixture.routes, "onboarding_on_business_profile", &events).await;
}

#[tokio::test]
async fn a_shop_that_changes_hands_is_known_once_its_new_owner_is_known_for_it() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    fixture.decided(&bob, &hkid("G123456(A)"), &card("G123456(A)")).await;
    let shop = BusinessId::new();
    tell(&fixture, &changed(&ann, shop, 1)).await;
    let approve = json!({
        "decision": {"type": "approve", "expires_on": "2099-03-31"}, "note": "all agrees",
    });
    let note = json!({"note": "seen as well"});
    let operator = fixture.colleague("op@example.com", &[StaffRole::Operator]);
    let reviewer = fixture.colleague("rev@example.com", &[StaffRole::Reviewer]);
    let release = async |owner: &Applicant| {
        let id = fixture.decided(owner, &details(shop), &certificate()).await;
        fixture.review(&operator, &id, "claim", &json!(null)).await.expect(200);
        fixture.review(&operator, &id, "decide", &approve).await.expect(200);
        (fixture.review(&reviewer, &id, "release", &note).await, id)
    };
    let (released, first) = release(&ann).await;
    released.expect(200);
    // One more is under way: a newer certificate.
    let second = fixture.begin(&ann, &details(shop)).await;
    hand_over(&fixture, shop, [&ann, &bob], 2).await;
    assert_eq!(approvals(&fixture).await, [(1, true), (2, false)]);
    assert_eq!(fixture.status(&ann, &first).await, "replaced");
    assert_eq!(fixture.status(&ann, &second).await, "withdrawn");
    let late = fixture.post(&ann.token, APPLICATIONS, &details(shop)).await;
    late.expect_refusal(404, "business-not-found");
    let (released, _) = release(&bob).await;
    released.expect(200);
    assert_eq!(approvals(&fixture).await, [(1, true), (2, false), (3, true)]);
}

/// As where the decision is made before the handover itself is heard of.
#[tokio::test]
async fn nobody_is_approved_for_a_shop_that_is_another_persons_by_then() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    let shop = BusinessId::new();
    tell(&fixture, &changed(&ann, shop, 1)).await;
    let id = fixture.decided(&ann, &details(shop), &certificate()).await;
    let operator = fixture.colleague("op@example.com", &[StaffRole::Operator]);
    let reviewer = fixture.colleague("rev@example.com", &[StaffRole::Reviewer]);
    fixture.review(&operator, &id, "claim", &json!(null)).await.expect(200);
    let approve = json!({
        "decision": {"type": "approve", "expires_on": "2099-03-31"}, "note": "all agrees",
    });
    fixture.review(&operator, &id, "decide", &approve).await.expect(200);
    tell(&fixture, &changed(&bob, shop, 2)).await;
    let note = json!({"note": "seen as well"});
    let refused = fixture.review(&reviewer, &id, "release", &note).await;
    refused.expect_refusal(404, "business-not-found");
    assert_eq!(approvals(&fixture).await, []);
    hand_over(&fixture, shop, [&ann, &bob], 2).await;
    assert_eq!(fixture.status(&ann, &id).await, "withdrawn");
}

/// As where the new owner's certificate was seen before the handover itself is heard of.
#[tokio::test]
async fn whoever_is_approved_in_place_of_another_is_told_of_as_the_owner() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.applicant(), fixture.applicant());
    fixture.decided(&ann, &hkid("A123456(3)"), &card("A123456(3)")).await;
    fixture.decided(&bob, &hkid("G123456(A)"), &card("G123456(A)")).await;
    let shop = BusinessId::new();
    tell(&fixture, &changed(&ann, shop, 1)).await;
    let operator = fixture.colleague("op@example.com", &[StaffRole::Operator]);
    let reviewer = fixture.colleague("rev@example.com", &[StaffRole::Reviewer]);
    let approve = json!({
        "decision": {"type": "approve", "expires_on": "2099-03-31"}, "note": "all agrees",
    });
    let note = json!({"note": "seen as well"});
    for (version, owner, number) in [(1, &ann, "12345678000"), (2, &bob, "87654321000")] {
        tell(&fixture, &changed(owner, shop, version)).await;
        let mut said = details(shop);
        said["registration_number"] = json!(format!("{}-000", &number[..8]));
        let seen = reading(
            "business-registration",
            &[
                ("document_number", number),
                ("name", "WING KEE LIMITED"),
                ("name_chinese", "永記有限公司"),
                ("expiry_date", "2099-03-31"),
            ],
        );
        let id = fixture.decided(owner, &said, &seen).await;
        fixture.review(&operator, &id, "claim", &json!(null)).await.expect(200);
        fixture.review(&operator, &id, "decide", &approve).await.expect(200);
        fixture.review(&reviewer, &id, "release", &note).await.expect(200);
    }
    let told: Vec<BusinessVerificationChangedV1> = fixture.database.told().await;
    let owners: Vec<_> = told.into_iter().map(|told| (told.version, told.owner_user_id)).collect();
    let of = |person: &Applicant| Some(person.user_id.to_string());
    assert_eq!(owners, [(1, of(&ann)), (2, of(&bob))]);
    // The handover ends nothing of whose it is now; nor does one that comes late, once it is back.
    hand_over(&fixture, shop, [&ann, &bob], 2).await;
    hand_over(&fixture, shop, [&bob, &ann], 1).await;
    assert_eq!(approvals(&fixture).await, [(1, true), (2, true)]);
}
