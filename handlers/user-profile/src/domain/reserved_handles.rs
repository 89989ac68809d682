//! Handles that would make their owner look like us, a bank, a payment scheme or an authority.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use values::skeleton;

use super::Handle;

/// Nobody has a handle in which one of these stands, however it is divided, as in `ask.pay_me.hk`.
/// They are no part of other words: `admin` would be one of `badminton`.
const PARTS: &[&str] = &[
    "administrator",
    "alipay",
    "bankofchina",
    "callcentre",
    "complaint",
    "compliance",
    "customer",
    "fraud",
    "government",
    "hangseng",
    "helpdesk",
    "helpline",
    "hotline",
    "hsbc",
    "mastercard",
    "moderator",
    "official",
    "password",
    "payme",
    "payment",
    "paypal",
    "refund",
    "scameter",
    "security",
    "standardchartered",
    "unionpay",
    "verification",
    "verified",
    "wechat",
];

/// Nobody has a handle that is one of these, or has it for a word, whatever digits follow: `help24`
/// and `bank.hk`. A longer word may begin with it: Banks is a name.
const WORDS: &[&str] = &[
    "account",
    "accounts",
    "admin",
    "aml",
    "api",
    "app",
    "atm",
    "bank",
    "banking",
    "billing",
    "boc",
    "bochk",
    "bot",
    "cashier",
    "citi",
    "deposit",
    "everyone",
    "faq",
    "finance",
    "fps",
    "genuine",
    "gov",
    "help",
    "hkicl",
    "hkma",
    "hkpf",
    "hkqr",
    "icac",
    "immd",
    "info",
    "ird",
    "legal",
    "login",
    "logout",
    "merchant",
    "mox",
    "nobody",
    "noreply",
    "null",
    "octopus",
    "operator",
    "otp",
    "passkey",
    "pay",
    "police",
    "privacy",
    "promo",
    "real",
    "recovery",
    "reward",
    "rewards",
    "root",
    "scb",
    "service",
    "services",
    "sfc",
    "staff",
    "support",
    "system",
    "team",
    "topup",
    "transfer",
    "undefined",
    "user",
    "verify",
    "visa",
    "wallet",
    "webmaster",
    "welab",
    "withdraw",
    "www",
];

static PART_SKELETONS: LazyLock<Vec<String>> =
    LazyLock::new(|| PARTS.iter().map(|part| skeleton(part)).collect());
static WORD_SKELETONS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| WORDS.iter().map(|word| skeleton(word)).collect());

/// Whether nobody may have it. What looks like a reserved word is one: `off1cial`.
pub(super) fn is_reserved(handle: &Handle) -> bool {
    let whole = handle.skeleton();
    let is_word = |word: &str| {
        let numberless = word.trim_end_matches(|last: char| last.is_ascii_digit());
        [word, numberless].iter().any(|word| WORD_SKELETONS.contains(&skeleton(word)))
    };
    PART_SKELETONS.iter().any(|part| whole.contains(part))
        || WORD_SKELETONS.contains(&whole)
        || handle.words().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserved(text: &str) -> bool {
        is_reserved(&text.parse().unwrap())
    }

    #[test]
    fn what_would_pass_for_us_or_a_bank_or_an_authority_is_reserved_however_it_is_written() {
        for text in [
            "payme",
            "PayMe",
            "pay.me",
            "p_a_y_m_e",
            "paymehk",
            "ask.payme",
            "payrne",
            "admin",
            "adm1n",
            "admin7",
            "ann.admin",
            "support24",
            "hsbc",
            "hsbc_hk",
            "hs.bc",
            "bank",
            "bank_of_ann",
            "off1cial",
            "ann.official",
            "the_real_ann",
            "help",
            "h.e.l.p",
            "police",
            "po1ice_hk",
            "gov.hk",
            "hangseng",
            "hang.seng",
            "customer.care",
        ] {
            assert!(reserved(text), "{text}");
        }
    }

    #[test]
    fn names_and_ordinary_words_are_free_though_reserved_letters_stand_in_them() {
        for text in [
            "ann",
            "tai.man_88",
            "banks",
            "fairbanks",
            "badminton",
            "helper",
            "apple",
            "realm",
            "paying",
            "payton",
            "visalia",
            "roots",
            "bea.wong",
            "gov1nda",
            "chan_tai_man",
            "steam",
            "hk_mary",
        ] {
            assert!(!reserved(text), "{text}");
        }
    }

    #[test]
    fn each_reserved_word_that_is_a_handle_is_refused_and_listed_once_in_order() {
        for list in [PARTS, WORDS] {
            assert!(list.is_sorted_by(|one, next| one < next));
            let handles = list.iter().filter_map(|word| word.parse::<Handle>().ok());
            assert!(handles.clone().count() > 20);
            for handle in handles {
                assert!(is_reserved(&handle), "{handle:?}");
            }
        }
    }
}
