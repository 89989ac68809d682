//! Members of staff as handlers take them: by tokens of an audience of their own, so that no
//! customer's token is a staff token, nor the reverse. Their roles are in the token.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use values::{Operator, ROLE_MISSING, Refusal, SessionId, StaffId, StaffRole};
use warp::Filter;
use warp::http::header::HeaderMap;

use crate::access_token::{claims, only};
use crate::api::{Input, InputFilter, Operation, or_reject};
use crate::{Problem, TokenVerifier};

/// `aud` of a staff token.
pub const STAFF_AUDIENCE: &str = "payme-staff";

/// The claims of a staff token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaffClaims {
    /// [`crate::ISSUER`].
    pub iss: String,
    /// [`STAFF_AUDIENCE`].
    pub aud: String,
    /// The member of staff.
    pub sub: StaffId,
    /// The login.
    pub sid: SessionId,
    /// Who that is, for the record of what they do.
    pub name: Operator,
    /// What they may do.
    pub roles: Vec<StaffRole>,
    /// Seconds since the epoch.
    pub iat: u64,
    /// Seconds since the epoch.
    pub exp: u64,
}

/// A member of staff with whatever roles, whose token was checked and whose login has not ended.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who.
    pub staff_id: StaffId,
    /// The login.
    pub session_id: SessionId,
    /// By what name, for the record of what they do.
    pub name: Operator,
    /// What they may do.
    pub roles: Vec<StaffRole>,
}

impl Staff {
    /// Operators propose and reviewers agree: nobody else at work reads customers' cases.
    ///
    /// # Errors
    /// `role-missing`.
    pub fn require_reviewing(&self) -> Result<(), Refusal> {
        let is_one = |role: &StaffRole| matches!(role, StaffRole::Operator | StaffRole::Reviewer);
        if self.roles.iter().any(is_one) { Ok(()) } else { Err(ROLE_MISSING) }
    }
}

/// A member of staff who says who is staff.
#[derive(Debug, Clone)]
pub struct Administrator(pub Staff);

/// A member of staff who reads what staff have done.
#[derive(Debug, Clone)]
pub struct Auditor(pub Staff);

/// A member of staff who proposes what is done to customers' accounts.
#[derive(Debug, Clone)]
pub struct StaffOperator(pub Staff);

/// A member of staff who approves what others have proposed.
#[derive(Debug, Clone)]
pub struct Reviewer(pub Staff);

impl Input for Staff {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.require_role("staff");
        let tokens = operation.tokens();
        warp::header::headers_cloned()
            .and_then(move |headers: HeaderMap| {
                let tokens = tokens.clone();
                async move { or_reject(authenticate(&tokens, &headers).await) }
            })
            .boxed()
    }
}

only!(
    Administrator(Staff),
    StaffRole::Administrator,
    |staff| staff.roles.contains(&StaffRole::Administrator),
    ROLE_MISSING
);
only!(
    Auditor(Staff),
    StaffRole::Auditor,
    |staff| staff.roles.contains(&StaffRole::Auditor),
    ROLE_MISSING
);

only!(
    StaffOperator(Staff),
    StaffRole::Operator,
    |staff| staff.roles.contains(&StaffRole::Operator),
    ROLE_MISSING
);
only!(
    Reviewer(Staff),
    StaffRole::Reviewer,
    |staff| staff.roles.contains(&StaffRole::Reviewer),
    ROLE_MISSING
);

async fn authenticate(tokens: &TokenVerifier, headers: &HeaderMap) -> Result<Staff, Problem> {
    let claims: StaffClaims =
        claims(tokens, headers, STAFF_AUDIENCE, |claims: &StaffClaims| claims.sid).await?;
    Ok(Staff {
        staff_id: claims.sub,
        session_id: claims.sid,
        name: claims.name,
        roles: claims.roles,
    })
}
