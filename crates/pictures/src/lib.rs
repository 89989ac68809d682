//! Pictures that people and shops show, and that people send: uploaded by a link, made anew, shown
//! under a name that nobody guesses.
//!
//! ```text
//! announced ──upload, then shown by its owner──▶ shown ──another is, or none──▶ retired ─▶ gone
//!     └── half an hour ─▶ too late ── an hour or two ─▶ gone
//! ```
//!
//! A picture is shown only once what was uploaded is gone: kept are two of ours, in JPEG,
//! without a byte of the original. A service that has pictures has the table `pictures` (see the
//! migrations of any that does), a container, and calls [`Pictures::forget_due`] by its timer.
//!
//! Reading order: `upload` (what clients say and get), `pictures` (the way of one), `copies` (of
//! what was reported), `remake` (pure: from their file to ours) with `jpeg`, `store` (all SQL),
//! `file` (the answer), `refusals`.

mod copies;
mod file;
mod jpeg;
mod pictures;
mod refusals;
mod remake;
mod store;
mod upload;

pub use copies::PictureCopy;
pub use file::{PictureFile, PictureSize, Purpose};
pub use pictures::Pictures;
pub use refusals::{
    NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED,
    PICTURE_PIXELS, REFUSALS, TOO_MANY_PICTURES,
};
pub use upload::{AnnouncedPicture, PictureLinkBody, Upload, UploadLinkBody};
