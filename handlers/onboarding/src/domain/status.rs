//! Where an application stands, what for, and what somebody has to say about it.

use values::code_enum;

code_enum! {
    /// What an application is about.
    pub(crate) enum ApplicationKind {
        /// A person, by an identity document.
        Identity = "identity",
        /// Where a person lives.
        Address = "address",
        /// A business and those who stand behind it.
        Business = "business",
    }
}

code_enum! {
    /// Where an application stands.
    pub(crate) enum ApplicationStatus {
        /// The applicant fills it in and uploads.
        Draft = "draft",
        /// It was submitted and waits until its document was read.
        Reading = "reading",
        /// A member of staff must look at it.
        InReview = "in-review",
        /// A member of staff would approve it, and another one must agree.
        AwaitingRelease = "awaiting-release",
        /// The applicant must upload again, and can change what they have said.
        NeedsMore = "needs-more",
        /// It is known who this is.
        Approved = "approved",
        /// It was refused.
        Rejected = "rejected",
        /// The applicant has taken it back.
        Withdrawn = "withdrawn",
        /// The applicant has left it lying.
        Abandoned = "abandoned",
        /// It was approved by a document that is no longer valid.
        Expired = "expired",
        /// It was approved, and a newer one took its place.
        Replaced = "replaced",
    }
}

impl ApplicationStatus {
    /// Whether the applicant can change it and upload.
    pub(crate) const fn is_changeable(self) -> bool {
        matches!(self, Self::Draft | Self::NeedsMore)
    }

    /// Whether its applicant has sent it off and need do nothing more: deciding may be as quick as
    /// that, and an answer that is lost as old as one likes.
    pub(crate) const fn is_sent_off(self) -> bool {
        matches!(
            self,
            Self::Reading
                | Self::InReview
                | Self::AwaitingRelease
                | Self::Approved
                | Self::Rejected
                | Self::Expired
                | Self::Replaced
        )
    }

    /// Whether it may still be approved for the first time: a person has one such of a kind.
    pub(crate) const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Reading | Self::InReview | Self::AwaitingRelease | Self::NeedsMore
        )
    }
}

code_enum! {
    /// What stands against approving an application, or what its applicant has to do.
    pub(crate) enum Finding {
        /// Nothing was uploaded in time.
        DocumentNotReceived = "document-not-received",
        /// What was uploaded is not what was announced.
        DocumentDiffers = "document-differs",
        /// What was uploaded cannot be read.
        DocumentUnreadable = "document-unreadable",
        /// Another document than was announced.
        WrongDocument = "wrong-document",
        /// The document is no longer valid.
        DocumentExpired = "document-expired",
        /// The document by which it was approved ends soon: another one is needed.
        DocumentExpiresSoon = "document-expires-soon",
        /// Something could not be read, so nobody knows whether it agrees.
        FieldMissing = "field-missing",
        /// The number has no check digit that confirms how it was read.
        NumberUnconfirmed = "number-unconfirmed",
        /// The document has another number.
        NumberDiffers = "number-differs",
        /// The document was issued elsewhere.
        IssuerDiffers = "issuer-differs",
        /// The document has another name.
        NameDiffers = "name-differs",
        /// The document has another name in Chinese.
        ChineseNameDiffers = "chinese-name-differs",
        /// The document has another date of birth.
        BirthDateDiffers = "birth-date-differs",
        /// The person is not yet eighteen.
        UnderAge = "under-age",
        /// Another person was approved by a document with this number.
        NumberInUse = "number-in-use",
        /// The applicant was known as somebody else before, for all that can be compared.
        OtherPerson = "other-person",
        /// A name is like one on a list of sanctions or of exposed persons.
        ScreeningHit = "screening-hit",
        /// There is no list yet with which names could be compared.
        NotScreened = "not-screened",
        /// Our programs could not process what was uploaded.
        Unprocessable = "unprocessable",
        /// It is always for a human.
        HumanNeeded = "human-needed",
        /// Something else, which the reviewer has noted.
        Other = "other",
    }
}

impl Finding {
    /// Whether the applicant is told. Who is on a list must not learn of it from us, nor whoever
    /// uses another's wallet how we noticed; and what our programs could not do is nothing that the
    /// applicant can mend.
    pub(crate) const fn is_told(self) -> bool {
        !matches!(
            self,
            Self::OtherPerson
                | Self::ScreeningHit
                | Self::NotScreened
                | Self::Unprocessable
                | Self::HumanNeeded
        )
    }
}
