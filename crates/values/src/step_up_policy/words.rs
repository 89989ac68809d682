//! A rule in words, for staff who read why something waits for them.

use std::fmt;

use super::StepUpRule;
use crate::Money;

impl fmt::Display for StepUpRule {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acts: Vec<&str> = self.acts.iter().map(|act| act.code()).collect();
        let amount =
            |cents| Money::hkd(cents).map_or_else(|_| cents.to_string(), |hkd| hkd.to_string());
        let is_new = self.is_new_payee == Some(true);
        let of_amount = if is_new { "given to all new payees" } else { "the amount" };
        let conditions = [
            self.is_new_payee.map(|is| if is { "a new payee" } else { "a known payee" }.to_owned()),
            self.is_new_device
                .map(|is| if is { "a new device" } else { "a known device" }.to_owned()),
            self.first_paid_at_most.map(|most| format!("first paid {} or less", amount(most))),
            self.amount_at_least.map(|least| format!("{of_amount}: {} or more", amount(least))),
            self.day_total_at_least.map(|least| format!("in the day: {} or more", amount(least))),
            self.new_payees_at_least.map(|least| format!("new payees in a day: {least} or more")),
            self.account_risk_at_least
                .map(|least| format!("the wallet's risk: {} or more", least.code())),
            self.frozen_neighbours_at_least
                .map(|least| format!("frozen wallets next to the payer: {least} or more")),
        ];
        write!(to, "{}", acts.join(", "))?;
        conditions.into_iter().flatten().try_for_each(|condition| write!(to, "; {condition}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn each_condition_of_a_rule_is_said_in_words() {
        let rule: StepUpRule = from_value(json!({
            "acts": ["peer-payment", "withdrawal"], "answer": "hold", "amount_at_least": 100_000,
            "day_total_at_least": 5, "is_new_device": false, "is_new_payee": true,
            "first_paid_at_most": 100, "new_payees_at_least": 20, "account_risk_at_least": "high",
            "frozen_neighbours_at_least": 2,
        }))
        .unwrap();
        assert_eq!(
            rule.to_string(),
            "peer-payment, withdrawal; a new payee; a known device; first paid HK$1.00 or less; \
             given to all new payees: HK$1,000.00 or more; in the day: HK$0.05 or more; \
             new payees in a day: 20 or more; the wallet's risk: high or more; \
             frozen wallets next to the payer: 2 or more"
        );
        let rule: StepUpRule = from_value(json!({
            "acts": ["peer-payment"], "answer": "hold", "amount_at_least": 1,
        }))
        .unwrap();
        assert_eq!(rule.to_string(), "peer-payment; the amount: HK$0.01 or more");
    }
}
