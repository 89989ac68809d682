//! A shop asks to be paid an amount.

use events::payments::{NotifiedProgramV1, PaymentRequestCreatedV1};
use time::Duration;
use uuid::Uuid;
use values::unknown;
use values::{
    ApiClientId, BusinessId, CaptureMethod, Money, NO_BUSINESS, PaymentRequestId, Refusal,
    RequestStatus, ReturnUrl, ShopAct, UserId,
};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::merchant_order::MerchantOrder;
use crate::domain::payment_request::{PaymentRequest, rfc3339};

/// What the shop asks for.
pub(crate) struct CreateRequest {
    /// Who asks in its name.
    pub(crate) by: UserId,
    /// Whether it is the person's own act, and not of a program that they have let act.
    pub(crate) is_in_person: bool,
    pub(crate) business_id: BusinessId,
    pub(crate) amount: Money,
    pub(crate) description: String,
    pub(crate) capture_method: CaptureMethod,
    pub(crate) tip_allowed: bool,
    /// Where the payer may go once it is paid. Only the page behind its link reads it.
    pub(crate) return_url: Option<ReturnUrl>,
    /// What a program says beside; none if none asks.
    pub(crate) order: Option<MerchantOrder>,
    /// The credential of the program that is told of its end, where the order says.
    pub(crate) notified: Option<ApiClientId>,
    pub(crate) lifetime: Duration,
}

impl Decide for CreateRequest {
    type Record = PaymentRequest;

    fn lane(&self) -> Uuid {
        self.business_id.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().shop_for(self.business_id, self.by)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        Vec::new()
    }

    fn decide(&self, books: &Books) -> Result<Decision<PaymentRequest>, Refusal> {
        let shop = books.shop(self.business_id);
        let shop = shop.ok_or_else(|| unknown(self.business_id.uuid(), books.now, NO_BUSINESS))?;
        shop.require(self.by, ShopAct::Ask, NO_BUSINESS)?;
        if shop.is_closed {
            return Err(NO_BUSINESS);
        }
        shop.require_approved()?;
        let request = PaymentRequest {
            id: PaymentRequestId::new(),
            business_id: self.business_id,
            shop_name: shop.shop_name.clone(),
            amount: self.amount,
            description: self.description.clone(),
            capture_method: self.capture_method,
            tip_allowed: self.tip_allowed,
            status: RequestStatus::Open,
            created_at: books.now,
            expires_at: books.now.saturating_add(self.lifetime),
            payment_id: None,
            created_by: self.is_in_person.then_some(self.by),
        };
        let return_url = self.return_url.as_ref().map(|url| url.as_str().to_owned());
        let notified_program = self.notified_program(&request);
        let created =
            PaymentRequestCreatedV1 { return_url, notified_program, ..request.created_event() };
        Ok(Decision {
            changes: Changes {
                requests: vec![request.clone()],
                orders: self.order.iter().map(|order| (request.id.uuid(), order.clone())).collect(),
                announcements: vec![Announcement::new(request.id, &created)],
                ..Changes::default()
            },
            record: request,
        })
    }
}

impl CreateRequest {
    fn notified_program(&self, request: &PaymentRequest) -> Option<NotifiedProgramV1> {
        let order = self.order.as_ref()?;
        Some(NotifiedProgramV1 {
            client_id: self.notified?.to_string(),
            uri: order.notification_uri.clone()?,
            order_id: order.order_id.clone(),
            created_at: rfc3339(request.created_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
    use crate::domain::refusals::SHOP_NOT_APPROVED;

    #[test]
    fn only_its_owner_asks_for_a_shop_and_only_while_it_is_open_and_approved() {
        let mut literal = LiteralBooks::new();
        let order_id = Some("10023".to_owned());
        let order = MerchantOrder { order_id, ..MerchantOrder::default() };
        let wanted = |by| CreateRequest {
            by,
            is_in_person: true,
            business_id: literal.shop,
            amount: hkd(100),
            description: String::new(),
            capture_method: CaptureMethod::Automatic,
            tip_allowed: false,
            return_url: None,
            order: Some(order.clone()),
            notified: None,
            lifetime: Duration::seconds(90),
        };
        let (of_owner, of_stranger) = (wanted(literal.owner), wanted(literal.payer));
        let (request, told) = literal.books.decide(&of_owner).unwrap();
        assert_eq!(request.expires_at, NOW.saturating_add(Duration::seconds(90)));
        assert_eq!((request.shop_name.as_str(), told.len()), ("新永記", 1));
        assert_eq!(literal.books.orders, [(request.id.uuid(), order.clone())]);
        assert_eq!(literal.books.decide(&of_stranger).err(), Some(NO_BUSINESS));
        literal.shop_mut().is_approved = false;
        assert_eq!(literal.books.decide(&of_owner).err(), Some(SHOP_NOT_APPROVED));
        // Nobody else learns that.
        assert_eq!(literal.books.decide(&of_stranger).err(), Some(NO_BUSINESS));
        literal.shop_mut().is_closed = true;
        assert_eq!(literal.books.decide(&of_owner).err(), Some(NO_BUSINESS));
    }
}
