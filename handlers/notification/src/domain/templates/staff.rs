//! What people are told of who works in a shop.

use values::ShopRole;

use crate::domain::NotificationType;

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StaffReader {
    /// Whose role it is.
    Member,
    /// Whose shop it is. Of the member nothing is said: the list of members has them.
    Owner,
}

/// Somebody works in a shop in this role, or no more.
pub(crate) struct StaffNews {
    pub(crate) reader: StaffReader,
    pub(crate) role: Option<ShopRole>,
    pub(crate) shop_name: String,
}

impl StaffNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match (self.reader, self.role) {
            (StaffReader::Member, Some(_)) => NotificationType::ShopRoleGiven,
            (StaffReader::Member, None) => NotificationType::ShopRoleEnded,
            (StaffReader::Owner, Some(_)) => NotificationType::ShopMemberChanged,
            (StaffReader::Owner, None) => NotificationType::ShopMemberLeft,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        let role = |role| match role {
            ShopRole::Owner => "its owner",
            ShopRole::Manager => "a manager",
            ShopRole::Cashier => "a cashier",
        };
        match (self.reader, self.role.map(role)) {
            (StaffReader::Member, Some(role)) => {
                ("Your role in a shop", format!("You now work at {shop} as {role}."))
            }
            (StaffReader::Member, None) => {
                ("Your role in a shop", format!("You no longer work at {shop}."))
            }
            (StaffReader::Owner, Some(role)) => (
                "Shop member",
                format!(
                    "Somebody now works at {shop} as {role}. If you did not expect this, check \
                     its members."
                ),
            ),
            (StaffReader::Owner, None) => {
                ("Shop member left", format!("A member no longer works at {shop}."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        let role = |role| match role {
            ShopRole::Owner => "店主",
            ShopRole::Manager => "經理",
            ShopRole::Cashier => "收銀員",
        };
        match (self.reader, self.role.map(role)) {
            (StaffReader::Member, Some(role)) => {
                ("你的商戶職級", format!("你現在是{shop}的{role}。"))
            }
            (StaffReader::Member, None) => ("你的商戶職級", format!("你已不再是{shop}的成員。")),
            (StaffReader::Owner, Some(role)) => (
                "商戶成員",
                format!("一名成員現在是{shop}的{role}。如非你的意思，請查看成員名單。"),
            ),
            (StaffReader::Owner, None) => ("成員已離任", format!("一名成員已不再是{shop}的成員。")),
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        let role = |role| match role {
            ShopRole::Owner => "店主",
            ShopRole::Manager => "经理",
            ShopRole::Cashier => "收银员",
        };
        match (self.reader, self.role.map(role)) {
            (StaffReader::Member, Some(role)) => {
                ("您的商户职级", format!("您现在是{shop}的{role}。"))
            }
            (StaffReader::Member, None) => ("您的商户职级", format!("您已不再是{shop}的成员。")),
            (StaffReader::Owner, Some(role)) => (
                "商户成员",
                format!("一名成员现在是{shop}的{role}。如非您的意思，请查看成员名单。"),
            ),
            (StaffReader::Owner, None) => ("成员已离任", format!("一名成员已不再是{shop}的成员。")),
        }
    }
}
