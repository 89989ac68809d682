//! The way of a picture: announced, uploaded, made anew, shown, taken off.

use std::sync::Arc;
use std::time::{Duration as Wait, Instant};

use azure_core::credentials::TokenCredential;
use blobs::{BlobAccount, BlobAddress, Permission};
use service::database::{Database, Tx, now};
use service::{ConfigError, Error, INVALID_BODY, causes};
use time::{Duration, OffsetDateTime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use uuid::Uuid;
use values::{PictureId, Refusal};

use crate::file::{PictureFile, PictureSize, Purpose};
use crate::refusals::{
    NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED,
    PICTURE_PIXELS, TOO_MANY_PICTURES,
};
use crate::remake::remake;
use crate::store::{self, Stage};
use crate::upload::{AnnouncedPicture, PICTURE_BYTES_MAX, PictureLinkBody, Upload};

/// How long the link for an upload is good, and one to a picture.
const LINK_LASTS: Duration = Duration::minutes(10);
/// A link is good from a little before, since clocks differ.
const CLOCKS_DIFFER_BY: Duration = Duration::minutes(1);
/// How long after it was announced a picture may be shown.
const SHOWN_WITHIN: Duration = Duration::minutes(30);
/// Pictures that an instance works on at once: one may take 200 MB.
const TURNS: usize = 1;
/// How long a request waits for a picture to be made, and for one to be taken off: together less
/// than the 30 seconds after which its client is answered whatever it waits for.
const MADE_WITHIN: Wait = Wait::from_secs(18);
const TAKEN_OFF_WITHIN: Wait = Wait::from_secs(5);
/// How long a request waits for the bytes of one that is shown.
const READ_WITHIN: Wait = Wait::from_secs(10);
/// How long others wait for their turn.
const TURN_WAIT_MAX: Wait = Wait::from_secs(10);
/// Pictures whose rest one call of the timer deletes.
const DUE_MAX: u32 = 50;
/// How long one call of the timer begins with another picture: an account that is away answers
/// late, and what is left is due at the next call as well.
const FORGET_FOR: Wait = Wait::from_secs(20);
/// When a picture of which something could not be deleted is looked at again.
const AGAIN_AFTER: Duration = Duration::minutes(10);
const AWAY: &str = "Pictures can be neither changed nor shown at the moment.";

/// The pictures of a service.
pub struct Pictures {
    pub(crate) account: BlobAccount,
    pub(crate) container: &'static str,
    purpose: Purpose,
    turns: Arc<Semaphore>,
}

impl Pictures {
    /// Asks nothing of the account yet.
    pub fn new(
        credential: Arc<dyn TokenCredential>,
        address: BlobAddress,
        container: &'static str,
        purpose: Purpose,
    ) -> Result<Self, ConfigError> {
        let account = BlobAccount::new(credential, address, AWAY)?;
        Ok(Self { account, container, purpose, turns: Arc::new(Semaphore::new(TURNS)) })
    }

    /// A link for one upload, signed before anything is locked: the account may be asked for a key.
    pub async fn link(&self, announced: AnnouncedPicture) -> Result<Upload, Error> {
        if !announced.is_of_length() {
            return Err(INVALID_BODY.because("a picture has 1 byte to 5 MiB").into());
        }
        let (picture_id, asked_at) = (PictureId::new(), now());
        let key = self.account.signing_key(asked_at).await?;
        let times =
            (asked_at.saturating_sub(CLOCKS_DIFFER_BY), asked_at.saturating_add(LINK_LASTS));
        let name = original(picture_id);
        let link = self.account.link(&key, self.container, &name, Permission::Create, times)?;
        Ok(Upload { picture_id, announced, asked_at, link })
    }

    /// Notes what will be uploaded, under a lock of its owner.
    pub async fn announce(&self, tx: &mut Tx, owner: Uuid, upload: &Upload) -> Result<(), Error> {
        let hour = upload.asked_at.saturating_sub(Duration::HOUR);
        if store::count_announced(tx, owner, hour).await? >= self.purpose.per_hour_max() {
            let seconds = Duration::HOUR.whole_seconds().unsigned_abs();
            return Err(TOO_MANY_PICTURES.for_seconds(seconds).into());
        }
        let due_at = upload.asked_at.saturating_add(self.purpose.left_after());
        Ok(store::insert_picture(tx, owner, upload, due_at).await?)
    }

    /// Makes what is shown of what was uploaded, which then is gone. Doing it again changes
    /// nothing, so whoever crashed between does it again. What is refused once stays refused.
    pub async fn make(
        &self,
        database: &Database,
        owner: Uuid,
        picture_id: PictureId,
    ) -> Result<(), Error> {
        let mut conn = database.conn().await?;
        let found = store::find_picture(&mut conn, owner, picture_id).await?;
        drop(conn);
        let found = found.ok_or(NO_PICTURE)?;
        if !may_be_shown(&found, now())? {
            return Ok(());
        }
        let made = timeout(MADE_WITHIN, self.make_of(picture_id, found.announced)).await;
        let made = made.map_err(|elapsed| self.account.unavailable(&elapsed))?;
        if let Err(Error::Refused(refusal)) = &made
            && let Some(stage) = Stage::from_code(refusal.code())
        {
            let mut conn = database.conn().await?;
            store::refuse_picture(&mut conn, picture_id, stage).await?;
        }
        made
    }

    async fn make_of(
        &self,
        picture_id: PictureId,
        announced: AnnouncedPicture,
    ) -> Result<(), Error> {
        let turn = timeout(TURN_WAIT_MAX, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Unavailable(AWAY))?.map_err(Error::internal)?;
        let name = original(picture_id);
        let length = usize::try_from(announced.content_length).map_err(Error::internal)?;
        let uploaded = self.account.read(self.container, &name, length).await?;
        // An id names one picture for ever: what came by its link after that was made is another
        // one. Asked after reading, since it is made before its upload is deleted.
        let large = shown(picture_id, PictureSize::Large);
        if self.account.exists(self.container, &large).await? {
            return self.account.delete(self.container, &name).await;
        }
        let uploaded = uploaded.ok_or(PICTURE_NOT_UPLOADED)?;
        if uploaded.len() != length {
            return Err(PICTURE_DIFFERS.into());
        }
        let purpose = self.purpose;
        let made = move || remake(&uploaded, announced.content_type, purpose);
        let made = in_turn(turn, made).await?;
        for (size, file) in made {
            let name = shown(picture_id, size);
            self.account.write(self.container, &name, file, "image/jpeg").await?;
        }
        self.account.delete(self.container, &name).await
    }

    /// In the transaction in which the owner shows another picture than before, or none.
    pub async fn show(
        &self,
        tx: &mut Tx,
        owner: Uuid,
        [old, new]: [Option<PictureId>; 2],
    ) -> Result<(), Error> {
        let now = now();
        if let Some(new) = new.filter(|new| old != Some(*new)) {
            let found = store::find_picture(tx, owner, new).await?.ok_or(NO_PICTURE)?;
            if may_be_shown(&found, now)? {
                store::update_stage(tx, new, Stage::Shown).await?;
            }
        }
        if let Some(old) = old.filter(|old| new != Some(*old)) {
            store::retire_picture(tx, old, now).await?;
        }
        Ok(())
    }

    /// After the transaction in which it was taken off; what fails here the timer does.
    pub async fn take_off(&self, picture_id: PictureId) {
        match timeout(TAKEN_OFF_WITHIN, self.delete_shown(picture_id)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(causes = causes(&error), "a picture goes with the timer");
            }
            Err(_elapsed) => tracing::warn!("a picture goes with the timer: its time was over"),
        }
    }

    /// What whoever knows its id may see. An id that nobody shows costs the account no call, and a
    /// picture is never seen that was made and not shown.
    pub async fn read(
        &self,
        database: &Database,
        picture_id: PictureId,
        size: PictureSize,
    ) -> Result<PictureFile, Error> {
        require_shown(database, picture_id).await?;
        let name = shown(picture_id, size);
        let file = self.account.read(self.container, &name, PICTURE_BYTES_MAX);
        let file = timeout(READ_WITHIN, file).await;
        let file = file.map_err(|elapsed| self.account.unavailable(&elapsed))??;
        Ok(PictureFile(file.ok_or(NO_PICTURE)?))
    }

    /// A link for whoever its service lets see it. It is good for minutes, also if they may not see
    /// it any longer; not once the picture was taken off.
    pub async fn link_to(
        &self,
        database: &Database,
        picture_id: PictureId,
        size: PictureSize,
    ) -> Result<PictureLinkBody, Error> {
        require_shown(database, picture_id).await?;
        self.read_link(&shown(picture_id, size)).await
    }

    pub(crate) async fn read_link(&self, name: &str) -> Result<PictureLinkBody, Error> {
        let now = now();
        let key = self.account.signing_key(now).await?;
        let times = (now.saturating_sub(CLOCKS_DIFFER_BY), now.saturating_add(LINK_LASTS));
        let link = self.account.link(&key, self.container, name, Permission::Read, times)?;
        Ok(link.into())
    }

    /// A bounded part of what is left of pictures that are not shown, and of what may have come by
    /// a link after its picture was made. Nothing of one is deleted before its service is done with
    /// it, by `settle`. What fails is tried later and keeps nothing else waiting.
    pub async fn forget_due<Settled: Future<Output = Result<(), Error>> + Send>(
        &self,
        database: &Database,
        settle: impl Fn(PictureId) -> Settled + Send + Sync,
    ) -> Result<(), Error> {
        let mut conn = database.conn().await?;
        let due = store::list_due(&mut conn, now(), DUE_MAX).await?;
        drop(conn);
        let began = Instant::now();
        for picture in due {
            if began.elapsed() > FORGET_FOR {
                break;
            }
            let forgotten = match settle(picture.picture_id).await {
                Ok(()) => self.forget(&picture).await,
                unsettled => unsettled,
            };
            let mut conn = database.conn().await?;
            if let Err(error) = forgotten {
                let picture_id = picture.picture_id;
                tracing::error!(%picture_id, causes = causes(&error), "a picture is not forgotten");
                let until = now().saturating_add(AGAIN_AFTER);
                store::postpone_due(&mut conn, &picture, until).await?;
            } else {
                store::settle_due(&mut conn, &picture, now(), self.purpose.left_after()).await?;
            }
        }
        Ok(())
    }

    async fn forget(&self, picture: &store::Due) -> Result<(), Error> {
        self.account.delete(self.container, &original(picture.picture_id)).await?;
        if picture.stage != Stage::Shown {
            self.delete_shown(picture.picture_id).await?;
        }
        Ok(())
    }

    async fn delete_shown(&self, picture_id: PictureId) -> Result<(), Error> {
        for size in PictureSize::ALL {
            self.account.delete(self.container, &shown(picture_id, *size)).await?;
        }
        Ok(())
    }
}

async fn require_shown(database: &Database, picture_id: PictureId) -> Result<(), Error> {
    let mut conn = database.conn().await?;
    let is_shown = store::is_shown(&mut conn, picture_id).await?;
    if is_shown { Ok(()) } else { Err(NO_PICTURE.into()) }
}

/// False if it is shown already.
fn may_be_shown(found: &store::Stored, now: OffsetDateTime) -> Result<bool, Error> {
    match found.stage {
        Stage::Shown => Ok(false),
        Stage::Announced if now < found.asked_at.saturating_add(SHOWN_WITHIN) => Ok(true),
        Stage::Announced | Stage::Retired => Err(NO_PICTURE.into()),
        Stage::Differs => Err(PICTURE_DIFFERS.into()),
        Stage::Animated => Err(PICTURE_ANIMATED.into()),
        Stage::Pixels => Err(PICTURE_PIXELS.into()),
        Stage::Damaged => Err(PICTURE_DAMAGED.into()),
    }
}

/// The turn lasts as long as the work does, also if nobody waits for it any more. Of a file that a
/// decoder panics on nothing can be shown.
async fn in_turn<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Error> {
    let worked = spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    match worked.await {
        Ok(worked) => Ok(worked?),
        Err(ended) if ended.is_panic() => Err(PICTURE_DAMAGED.into()),
        Err(ended) => Err(Error::internal(ended)),
    }
}

/// Where the client uploads it.
fn original(picture_id: PictureId) -> String {
    format!("uploads/{picture_id}")
}

pub(crate) fn shown(picture_id: PictureId, size: PictureSize) -> String {
    format!("{}/{picture_id}", size.code())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn a_turn_is_over_with_its_work_and_not_with_whoever_waits_for_it() {
        let turns = Arc::new(Semaphore::new(1));
        let (finish, finished) = channel::<()>();
        let work = move || finished.recv().map_err(|_| NO_PICTURE);
        let turn = turns.clone().acquire_owned().await.unwrap();
        assert!(timeout(Wait::from_millis(20), in_turn(turn, work)).await.is_err());
        assert_eq!(turns.available_permits(), 0);
        finish.send(()).unwrap();
        assert!(timeout(Wait::from_secs(5), turns.acquire()).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_on_which_a_decoder_panics_is_damaged_and_its_turn_is_over() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = turns.clone().acquire_owned().await.unwrap();
        let refused = in_turn::<()>(turn, || panic!("an index out of bounds")).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal == PICTURE_DAMAGED));
        assert_eq!(turns.available_permits(), 1);
    }
}
