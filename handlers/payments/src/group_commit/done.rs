//! What became of something that is done once.

use service::Error;
use service::database::Database;
use uuid::Uuid;
use values::PaymentRequestId;

use crate::domain::{Operation, PaymentRequest};
use crate::store::{operations, payment_requests};

/// What became of it.
#[derive(Debug)]
pub(crate) enum Done<R> {
    /// It was done now.
    Now(R),
    /// It was done before under the same key, and is recorded in this row.
    Before(Uuid),
}

/// A key is written together with its row.
#[derive(Debug, thiserror::Error)]
#[error("{0} was recorded under a key and cannot be found")]
struct RecordLost(Uuid);

impl Done<Operation> {
    /// The operation as it stands now, and whether it was done before.
    pub(crate) async fn find(self, database: &Database) -> Result<(Operation, bool), Error> {
        let id = match self {
            Self::Now(operation) => return Ok((operation, false)),
            Self::Before(id) => id,
        };
        let found = operations::find_operation(&mut database.conn().await?, id).await?;
        Ok((found.ok_or_else(|| Error::internal(RecordLost(id)))?, true))
    }
}

impl Done<PaymentRequest> {
    /// The request as it stands now, and whether it was made before.
    pub(crate) async fn find(self, database: &Database) -> Result<(PaymentRequest, bool), Error> {
        let id = match self {
            Self::Now(request) => return Ok((request, false)),
            Self::Before(id) => PaymentRequestId::from_uuid(id),
        };
        let found = payment_requests::find_payment_request(&mut database.conn().await?, id).await?;
        Ok((found.ok_or_else(|| Error::internal(RecordLost(id.uuid())))?, true))
    }
}
