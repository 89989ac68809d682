//! Every read of this service. It knows nothing of friends and blocks: what it shows of another is
//! a picture, to whoever was told its id.

use serde_json::json;
use testkit::{Device, Sights};
use values::{Product, StaffRole, UserId};

use crate::pictures::jpeg;
use crate::{Fixture, OWN};

#[tokio::test]
async fn each_reads_their_own_profile_and_whoever_knows_its_id_a_picture() {
    let (fixture, _container) = Fixture::with_pictures().await;
    let ann = fixture.ann();
    let names = json!({"display_name": "Chan Tai Man", "handle": "taiman88"});
    fixture.change_as(&ann, &names).await.expect(200);
    let picture = fixture.uploaded(&ann, jpeg(200)).await;
    fixture.show(&ann, &picture).await.expect(200);
    let other = fixture.join().await;
    let merchant = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    let name = "wong@example.com".to_owned().try_into().unwrap();
    let operator = fixture.issuer.staff_token(name, &[StaffRole::Operator]);
    let marks = [
        ('N', "Chan Tai Man"),
        ('h', "taiman88"),
        ('i', &*ann.user_id.to_string()),
        ('p', "image/jpeg"),
    ];
    let readers = [
        ("herself", &*ann.token),
        ("anybody else", &other.token),
        ("merchant", &merchant),
        ("operator", &operator),
    ];
    let shown = format!("/api/v1/users/pictures/{picture}/small");
    Sights::new(&marks, &readers)
        .row(OWN, "", OWN, "Nhi - 404 401")
        .row("/api/v1/users/pictures/{picture_id}/{size}", "", &shown, "p p p p")
        .check(&fixture.routes, "/api/v1/user-profile/openapi.json")
        .await;
}
