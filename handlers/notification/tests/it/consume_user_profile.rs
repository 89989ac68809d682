//! Learning each person's language from the user-profile service's events, and writing in it.

use events::user_profile::ProfileChangedV1;
use testkit::{deliver, event};
use values::UserId;

use crate::{Fixture, LIST, ON_USER_PROFILE, bodies};

pub(crate) async fn choose_language(
    fixture: &Fixture,
    user_id: UserId,
    version: u32,
    language: &str,
) {
    let user_id = user_id.to_string();
    let (display_name, language) = ("Ann".to_owned(), language.to_owned());
    let changed = ProfileChangedV1 {
        user_id: user_id.clone(),
        version,
        display_name,
        language,
        picture_id: None,
    };
    let routes = fixture.routes.clone();
    deliver(&routes, ON_USER_PROFILE, &[event(&user_id, &changed)]).await;
}

#[tokio::test]
async fn each_side_reads_its_own_language_as_it_was_when_the_event_came() {
    let fixture = Fixture::new().await;
    choose_language(&fixture, fixture.owner, 1, "zh-Hant").await;
    fixture.deliver_payments(&[fixture.payment(12_850)]).await;
    choose_language(&fixture, fixture.owner, 2, "en").await;
    let mut nameless = fixture.payment(100);
    nameless.data["from"]["name"] = "".into();
    fixture.deliver_payments(&[nameless]).await;

    let (_, page) = fixture.owner("GET", LIST).await;
    assert_eq!(
        bodies(&page),
        ["Received HK$1.00 from a customer.", "已收到Tai Man支付的 HK$128.50。"]
    );
    assert_eq!(page["items"][1]["language"], "zh-Hant");
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(page["items"][1]["language"], "en");
}

#[tokio::test]
async fn an_older_choice_that_arrives_late_changes_nothing() {
    let fixture = Fixture::new().await;
    choose_language(&fixture, fixture.consumer, 3, "zh-Hans").await;
    choose_language(&fixture, fixture.consumer, 2, "en").await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["HK$1.00 已存入您的钱包。"]);
}

#[tokio::test]
async fn a_broken_profile_is_parked() {
    let fixture = Fixture::new().await;
    choose_language(&fixture, fixture.consumer, 1, "zh-Hant").await;
    let mut broken = fixture.top_up(100);
    broken.kind = "payme.user-profile.profile-changed.v1".to_owned();
    deliver(&fixture.routes, ON_USER_PROFILE, &[broken]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.database.count("languages").await, 1);
}
