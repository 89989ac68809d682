//! The golden samples are the contract: each kind reads its sample and writes it again unchanged.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use events::{
    Envelope, Event, auth, business_profile, graph, messages, ocr, onboarding, payments, social,
    user_profile,
};

fn assert_golden<E: Event>() {
    let path = format!("{}/golden/{}.json", env!("CARGO_MANIFEST_DIR"), E::TYPE);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let sample: serde_json::Value = serde_json::from_str(&text).unwrap();
    let envelope: Envelope = serde_json::from_value(sample.clone()).unwrap();
    let event: E = envelope.decode().unwrap().unwrap();
    let written = Envelope { data: serde_json::to_value(event).unwrap(), ..envelope };
    assert_eq!(serde_json::to_value(written).unwrap(), sample, "{path}");
}

#[test]
fn every_kind_reads_and_writes_its_golden_sample() {
    assert_golden::<auth::SecurityEventRecordedV1>();
    assert_golden::<auth::SessionRevokedV1>();
    assert_golden::<auth::UserRegisteredV1>();
    assert_golden::<user_profile::ProfileChangedV1>();
    assert_golden::<business_profile::BusinessChangedV1>();
    assert_golden::<business_profile::BusinessMemberChangedV1>();
    assert_golden::<business_profile::BusinessHandoverChangedV1>();
    assert_golden::<onboarding::PersonVerificationChangedV1>();
    assert_golden::<onboarding::BusinessVerificationChangedV1>();
    assert_golden::<onboarding::ApplicationChangedV1>();
    assert_golden::<ocr::DocumentReadV1>();
    assert_golden::<payments::PaymentRequestCreatedV1>();
    assert_golden::<payments::PaymentRequestClosedV1>();
    assert_golden::<payments::MoneyMovedV1>();
    assert_golden::<payments::PaymentAuthorisedV1>();
    assert_golden::<payments::PaymentReleasedV1>();
    assert_golden::<payments::TopUpFailedV1>();
    assert_golden::<payments::WithdrawalFailedV1>();
    assert_golden::<payments::SettlementNotPaidV1>();
    assert_golden::<payments::FpsPaymentFailedV1>();
    assert_golden::<payments::FpsPaymentReviewChangedV1>();
    assert_golden::<payments::MoneyRequestChangedV1>();
    assert_golden::<payments::WalletClosedV1>();
    assert_golden::<payments::ApiCredentialChangedV1>();
    assert_golden::<payments::ApiCredentialExpiringV1>();
    assert_golden::<payments::DisputeChangedV1>();
    assert_golden::<payments::ScheduledDateChangedV1>();
    assert_golden::<payments::ScheduleStoppedV1>();
    assert_golden::<payments::PeerPaymentVisibilityChangedV1>();
    assert_golden::<payments::PeerPaymentReviewChangedV1>();
    assert_golden::<social::FeedsChangedV1>();
    assert_golden::<social::FriendshipChangedV1>();
    assert_golden::<social::BlockChangedV1>();
    assert_golden::<social::GroupChangedV1>();
    assert_golden::<social::PeerPaymentRemarkedV1>();
    assert_golden::<graph::AccountRiskChangedV1>();
    assert_golden::<messages::MessageSentV1>();
    assert_golden::<messages::ConversationReadV1>();
    assert_golden::<messages::TypingBeganV1>();
}

/// Of a sample without a field the rest is kept, and what it says of no picture is not silence.
fn assert_silence_is_not_none<E: Event>(field: &str, read: impl Fn(&E) -> Option<Option<String>>) {
    let path = format!("{}/golden/{}.json", env!("CARGO_MANIFEST_DIR"), E::TYPE);
    let sample: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut silent = sample["data"].clone();
    silent.as_object_mut().unwrap().remove(field);
    let mut none = sample["data"].clone();
    none[field] = serde_json::Value::Null;
    for (data, said) in [(silent, None), (none, Some(None))] {
        let event: E = serde_json::from_value(data.clone()).unwrap();
        assert_eq!(read(&event), said);
        assert_eq!(serde_json::to_value(event).unwrap(), data);
    }
}

#[test]
fn who_says_nothing_of_a_picture_does_not_take_it_off() {
    type Profile = user_profile::ProfileChangedV1;
    type Business = business_profile::BusinessChangedV1;
    assert_silence_is_not_none("picture_id", |event: &Profile| event.picture_id.clone());
    assert_silence_is_not_none("logo_id", |event: &Business| event.logo_id.clone());
}

#[test]
fn another_kind_is_ignored_and_broken_data_is_an_error() {
    let path =
        format!("{}/golden/{}.json", env!("CARGO_MANIFEST_DIR"), auth::UserRegisteredV1::TYPE);
    let mut envelope: Envelope =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(envelope.decode::<payments::MoneyMovedV1>().is_none());
    envelope.data["user_id"] = 1.into();
    assert!(envelope.decode::<auth::UserRegisteredV1>().unwrap().is_err());
}

#[test]
fn money_that_moved_before_there_were_refunds_requests_links_and_fees_is_still_read() {
    let path =
        format!("{}/golden/{}.json", env!("CARGO_MANIFEST_DIR"), payments::MoneyMovedV1::TYPE);
    let mut envelope: Envelope =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for later in
        ["refunded_payment_id", "money_request_id", "pay_link_id", "red_packet_id", "fee", "tip"]
    {
        envelope.data.as_object_mut().unwrap().remove(later);
    }
    let moved: payments::MoneyMovedV1 = envelope.decode().unwrap().unwrap();
    assert_eq!((moved.refunded_payment_id, moved.money_request_id), (None, None));
    assert_eq!((moved.pay_link_id, moved.red_packet_id, moved.fee), (None, None, 0));
    assert_eq!((moved.tip, moved.visibility, moved.sticker), (None, None, None));
}

#[test]
fn a_payment_that_nobody_else_may_see_is_told_without_a_word_of_that() {
    let path =
        format!("{}/golden/{}.json", env!("CARGO_MANIFEST_DIR"), payments::MoneyMovedV1::TYPE);
    let envelope: Envelope = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let moved: payments::MoneyMovedV1 = envelope.decode().unwrap().unwrap();
    let told = serde_json::to_value(&moved).unwrap();
    assert_eq!((told.get("visibility"), told.get("sticker")), (None, None));
    let (visibility, sticker) = (Some("friends".to_owned()), Some("tram".to_owned()));
    let moved = payments::MoneyMovedV1 { visibility, sticker, ..moved };
    let told = serde_json::to_value(moved).unwrap();
    assert_eq!((&told["visibility"], &told["sticker"]), (&"friends".into(), &"tram".into()));
}
