//! Two things at once, two hundred times: whichever comes first, what has ended does nothing more.

use futures_util::future::join_all;
use serde_json::json;

use crate::{Fixture, PIN, Person};

const PEOPLE: usize = 4;
const ROUNDS: usize = 50;
const NEW_PIN: &str = "916203";

/// Has several people do their rounds at once.
async fn rounds<Fut: Future<Output = ()>>(fixture: &Fixture, of_one: impl Fn(Person) -> Fut) {
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(fixture.sign_up().await);
    }
    join_all(people.into_iter().map(of_one)).await;
}

#[tokio::test]
async fn what_is_renewed_while_its_login_ends_is_never_renewed_again() {
    let fixture = Fixture::new().await;
    rounds(&fixture, |mut person| {
        let fixture = &fixture;
        async move {
            for _ in 0..ROUNDS {
                let token = Some(person.access_token());
                let (renewal, log_out) = futures_util::join!(
                    fixture.renew(&person, &person.tokens),
                    fixture.call("DELETE", "sessions/current", token, None),
                );
                assert!(matches!(renewal.0, 200 | 422), "{renewal:?}");
                assert_eq!(log_out.0, 204, "{log_out:?}");
                let newest = if renewal.0 == 200 { &renewal.1 } else { &person.tokens };
                assert_eq!(fixture.renew(&person, newest).await.0, 422);
                person = fixture.log_in(person).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_login_with_the_old_pin_outlives_the_change_of_the_pin() {
    let fixture = Fixture::new().await;
    rounds(&fixture, |person| {
        let fixture = &fixture;
        async move {
            let other = fixture.add_device(&person).await;
            let (mut pin, mut next) = (PIN, NEW_PIN);
            for _ in 0..ROUNDS {
                let change = json!({"current_pin": pin, "new_pin": next});
                let body = other.log_in(pin);
                let (changed, log_in) = futures_util::join!(
                    fixture.act(&person, "PUT", "pin", Some(&change)),
                    fixture.post("sessions", &body),
                );
                assert_eq!(changed.0, 204, "{changed:?}");
                assert!(matches!(log_in.0, 201 | 422), "{log_in:?}");
                if log_in.0 == 201 {
                    assert_eq!(fixture.renew(&other, &log_in.1).await.0, 422);
                }
                (pin, next) = (next, pin);
            }
        }
    })
    .await;
}
