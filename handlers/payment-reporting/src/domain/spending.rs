//! What a person spent at shops, by what kind of trade those are.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use values::{CustomerMessage, Language, code_enum};

use super::statement::said;

code_enum! {
    /// A kind of trade as people tell them apart, several codes of ISO 18245 each.
    pub(crate) enum SpendingCategory {
        /// Restaurants, bars and fast food.
        EatingOut = "eating-out",
        /// Supermarkets, bakeries and wholesale clubs.
        Groceries = "groceries",
        /// All other shops.
        Shopping = "shopping",
        /// Getting about in town, with petrol and parking.
        Transport = "transport",
        /// Airlines, hotels, agencies and hired cars.
        Travel = "travel",
        /// Telephone, water and power.
        Bills = "bills",
        /// Doctors, pharmacies and what they prescribe.
        Health = "health",
        /// Schools and child care.
        Education = "education",
        /// Cinemas, games, sports and digital goods.
        Entertainment = "entertainment",
        /// What is done for people, rather than sold to them.
        Services = "services",
        /// Banks, insurers and who sends money.
        Finance = "finance",
        /// Government, associations and charities.
        PublicAndCharity = "public-and-charity",
        /// No other, or nothing is known of the shop's trade.
        Other = "other",
    }
}

use SpendingCategory::{
    Bills, EatingOut, Education, Entertainment, Finance, Groceries, Health, Other,
    PublicAndCharity, Services, Shopping, Transport, Travel,
};

/// The first range that has a code says what it is.
const TRADES: [(RangeInclusive<u16>, SpendingCategory); 38] = [
    (5811..=5814, EatingOut),
    (5300..=5300, Groceries),
    (5411..=5499, Groceries),
    (5541..=5552, Transport),
    (5815..=5818, Entertainment),
    (5047..=5047, Health),
    (5122..=5122, Health),
    (5912..=5912, Health),
    (5975..=5976, Health),
    (5960..=5960, Finance),
    (5983..=5983, Bills),
    (5000..=5999, Shopping),
    (3000..=3999, Travel),
    (4411..=4411, Travel),
    (4511..=4511, Travel),
    (4582..=4582, Travel),
    (4722..=4723, Travel),
    (4812..=4816, Bills),
    (4821..=4821, Bills),
    (4829..=4829, Finance),
    (4899..=4900, Bills),
    (4214..=4225, Services),
    (4000..=4799, Transport),
    (6300..=6399, Finance),
    (6000..=6999, Finance),
    (7011..=7033, Travel),
    (7512..=7519, Travel),
    (7523..=7524, Transport),
    (7549..=7549, Transport),
    (7800..=7999, Entertainment),
    (7000..=7799, Services),
    (742..=1799, Services),
    (8011..=8099, Health),
    (8111..=8111, Services),
    (8211..=8351, Education),
    (8398..=8699, PublicAndCharity),
    (8700..=8999, Services),
    (9000..=9999, PublicAndCharity),
];

impl SpendingCategory {
    /// Of the code that a shop says, if it says one.
    pub(crate) fn of(category_code: Option<&str>) -> Self {
        let Some(code) = category_code.and_then(|code| code.parse::<u16>().ok()) else {
            return Other;
        };
        TRADES.iter().find(|(codes, _)| codes.contains(&code)).map_or(Other, |(_, trade)| *trade)
    }

    pub(crate) const fn title(self, language: Language) -> &'static str {
        let title: CustomerMessage = match self {
            EatingOut => said("Eating out", "餐飲", "餐饮"),
            Groceries => said("Groceries", "超市及雜貨", "超市及杂货"),
            Shopping => said("Shopping", "購物", "购物"),
            Transport => said("Transport", "交通", "交通"),
            Travel => said("Travel", "旅遊", "旅游"),
            Bills => said("Telephone, water and power", "電訊及水電煤", "通讯及水电煤"),
            Health => said("Health", "醫療保健", "医疗保健"),
            Education => said("Education", "教育", "教育"),
            Entertainment => said("Entertainment", "娛樂", "娱乐"),
            Services => said("Services", "服務", "服务"),
            Finance => said("Finance and insurance", "金融及保險", "金融及保险"),
            PublicAndCharity => said("Government and charity", "政府及慈善", "政府及慈善"),
            Other => said("Other", "其他", "其他"),
        };
        title.in_language(language)
    }
}

/// Numbers and cents. A refund counts when it comes, whenever its payment was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) payments: i64,
    pub(crate) paid: i64,
    pub(crate) refunds: i64,
    pub(crate) refunded: i64,
}

impl Spent {
    /// Below zero where more came back than was paid.
    pub(crate) const fn net(self) -> i64 {
        self.paid.saturating_sub(self.refunded)
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            payments: self.payments.saturating_add(other.payments),
            paid: self.paid.saturating_add(other.paid),
            refunds: self.refunds.saturating_add(other.refunds),
            refunded: self.refunded.saturating_add(other.refunded),
        }
    }
}

/// A category in some months, and in as many before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CategorySpending {
    pub(crate) category: SpendingCategory,
    pub(crate) spent: Spent,
    pub(crate) spent_before: Spent,
    /// Of all that is spent, in hundredths of a percent. All are 10,000 together, or nothing.
    pub(crate) share: u16,
}

/// What was spent in some months, beside as many before.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Spending {
    pub(crate) total: Spent,
    pub(crate) total_before: Spent,
    /// The most first.
    pub(crate) categories: Vec<CategorySpending>,
}

const WHOLE: i64 = 10_000;

impl Spending {
    /// Of sums by the codes of shops.
    pub(crate) fn of(
        these: &[(Option<String>, Spent)],
        before: &[(Option<String>, Spent)],
    ) -> Self {
        let mut spending = Self::default();
        for (code, spent) in these {
            spending.total = spending.total.plus(*spent);
            let line = spending.line(SpendingCategory::of(code.as_deref()));
            line.spent = line.spent.plus(*spent);
        }
        for (code, spent) in before {
            spending.total_before = spending.total_before.plus(*spent);
            let line = spending.line(SpendingCategory::of(code.as_deref()));
            line.spent_before = line.spent_before.plus(*spent);
        }
        spending.categories.sort_by_key(|it| (Reverse(it.spent.net()), it.category));
        spending.share_out();
        spending
    }

    fn line(&mut self, category: SpendingCategory) -> &mut CategorySpending {
        let found = self.categories.iter().position(|line| line.category == category);
        let at = found.unwrap_or_else(|| {
            let (spent, spent_before) = (Spent::default(), Spent::default());
            self.categories.push(CategorySpending { category, spent, spent_before, share: 0 });
            self.categories.len().saturating_sub(1)
        });
        &mut self.categories[at]
    }

    /// A category from which more came back than was paid has no share. Each share is where its
    /// part of the sum ends less where it begins, both rounded: so no hundredth is lost.
    fn share_out(&mut self) {
        let part = |line: &CategorySpending| i128::from(line.spent.net().max(0));
        let whole: i128 = self.categories.iter().map(part).sum();
        let rounded = |cents: i128| {
            let doubled = cents.saturating_mul(i128::from(WHOLE)).saturating_mul(2);
            doubled.saturating_add(whole).checked_div(whole.saturating_mul(2)).unwrap_or_default()
        };
        let mut begins = 0_i128;
        for line in &mut self.categories {
            let ends = begins.saturating_add(part(line));
            let share = rounded(ends).saturating_sub(rounded(begins));
            line.share = u16::try_from(share).unwrap_or_default();
            begins = ends;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(code: &str, paid: i64, refunded: i64) -> (Option<String>, Spent) {
        (Some(code.to_owned()), Spent { payments: 1, paid, refunds: 0, refunded })
    }

    #[test]
    fn a_code_is_of_the_trade_that_people_know_it_as() {
        for (code, category) in [
            ("5812", EatingOut),
            ("5411", Groceries),
            ("5651", Shopping),
            ("5541", Transport),
            ("4121", Transport),
            ("4511", Travel),
            ("3501", Travel),
            ("4900", Bills),
            ("5983", Bills),
            ("5814", EatingOut),
            ("4215", Services),
            ("4225", Services),
            ("7801", Entertainment),
            ("5912", Health),
            ("8062", Health),
            ("8220", Education),
            ("7832", Entertainment),
            ("7230", Services),
            ("0742", Services),
            ("6300", Finance),
            ("8398", PublicAndCharity),
            ("0000", Other),
            ("2741", Other),
            ("words", Other),
        ] {
            assert_eq!(SpendingCategory::of(Some(code)), category, "{code}");
        }
        assert_eq!(SpendingCategory::of(None), Other);
    }

    #[test]
    fn shops_of_one_trade_are_one_line_and_the_most_is_first() {
        let these = [paid("5812", 300, 0), paid("5411", 500, 100), paid("5814", 200, 0)];
        let before = [paid("5813", 70, 0), paid("5912", 30, 0)];
        let spending = Spending::of(&these, &before);
        let lines = spending.categories.iter().map(|line| {
            (line.category, line.spent.net(), line.spent_before.net(), line.spent.payments)
        });
        let expected = [(EatingOut, 500, 70, 2), (Groceries, 400, 0, 1), (Health, 0, 30, 0)];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        assert_eq!((spending.total.net(), spending.total_before.net()), (900, 100));
    }

    #[test]
    fn shares_are_a_whole_together_however_they_are_rounded() {
        for amounts in [[1, 1, 1], [999_999_999, 1, 1], [2, 3, 0], [7, 0, 0]] {
            let these: Vec<_> = ["5812", "5411", "4111"]
                .into_iter()
                .zip(amounts)
                .map(|(c, a)| paid(c, a, 0))
                .collect();
            let shares = Spending::of(&these, &[]).categories;
            let whole: u16 = shares.iter().map(|line| line.share).sum();
            assert_eq!(whole, 10_000, "{amounts:?}");
        }
    }

    #[test]
    fn what_came_back_beyond_what_was_paid_has_no_share() {
        let spending = Spending::of(&[paid("5812", 0, 500), paid("5411", 100, 0)], &[]);
        let shares: Vec<_> =
            spending.categories.iter().map(|it| (it.spent.net(), it.share)).collect();
        assert_eq!(shares, [(100, 10_000), (-500, 0)]);
        let nothing = Spending::of(&[paid("5812", 100, 100)], &[]);
        assert_eq!(nothing.categories[0].share, 0);
    }
}
