//! What is matched, what differs, and what meets on another day.

use time::macros::date;

use super::*;

const TODAY: Date = date!(2026 - 11 - 29);
const TOMORROW: Date = date!(2026 - 11 - 30);

fn top_up(number: u128, amount: i64) -> BankMovement {
    // An id that can be named: of another version than 8.
    let operation_id = Uuid::from_u128(number | (7 << 76));
    BankMovement { operation_id, kind: "top-up".to_owned(), amount }
}

fn booked(movement: &BankMovement, amount: i64) -> BankLine {
    BankLine {
        reference: movement.reference(),
        bank_reference: "B".to_owned(),
        bank_code: "OTHR".to_owned(),
        amount,
    }
}

fn compared(lines: Vec<BankLine>, movements: Vec<BankMovement>, known: Elsewhere) -> Compared {
    Unmatched::of(lines, movements, Vec::new()).compare(TODAY, known)
}

fn seen(compared: &Compared) -> Vec<(DifferenceType, i64, i64)> {
    let seen = |row: &BankDifference| (row.difference, row.bank_amount, row.ledger_amount);
    compared.differences.iter().map(seen).collect()
}

#[test]
fn what_both_have_is_matched_and_all_else_is_named() {
    let [same, less, unbooked] = [(1, 500), (2, 700), (3, -900)].map(|(n, cents)| top_up(n, cents));
    let fee = BankLine { reference: None, bank_code: "CHRG".to_owned(), ..booked(&same, -25) };
    let stranger = BankLine { reference: Some("rent".to_owned()), ..booked(&same, 40) };
    let lines = vec![fee, booked(&less, 690), booked(&same, 500), stranger];
    let compared = compared(lines, vec![same, less, unbooked], Elsewhere::default());
    assert_eq!(compared.matched, 1);
    let wanted = [
        (DifferenceType::Extra, -25, 0),
        (DifferenceType::Different, 690, 700),
        (DifferenceType::Extra, 40, 0),
        (DifferenceType::Missing, 0, -900),
    ];
    assert_eq!(seen(&compared), wanted);
    assert!(compared.differences.iter().all(|row| row.status == DifferenceStatus::Open));
}

#[test]
fn a_payment_that_the_bank_booked_twice_is_one_too_many_wherever_the_right_one_stands() {
    let paid = top_up(1, -500);
    for lines in [[-500, -500], [-400, -500]] {
        let lines = lines.map(|cents| booked(&paid, cents)).to_vec();
        let first = lines.iter().map(|line| line.amount).min_by_key(|cents| *cents != -400);
        let compared = compared(lines, vec![paid.clone()], Elsewhere::default());
        assert_eq!(compared.matched, 1);
        assert_eq!(seen(&compared), [(DifferenceType::Extra, first.unwrap(), 0)]);
    }
}

#[test]
fn the_other_direction_is_another_movement() {
    let paid = top_up(1, -500);
    let compared = compared(vec![booked(&paid, 500)], vec![paid], Elsewhere::default());
    assert_eq!(seen(&compared), [(DifferenceType::Different, 500, -500)]);
}

#[test]
fn what_the_bank_booked_before_midnight_meets_what_we_heard_after_it() {
    let paid = top_up(1, 500);
    let later = HashMap::from([((paid.operation_id, 500), TOMORROW)]);
    let known = Elsewhere { later, waiting: HashMap::new() };
    let twice = vec![booked(&paid, 500), booked(&paid, 500)];
    let today = compared(twice, Vec::new(), known);
    let met: Vec<_> = today.differences.iter().map(|row| (row.matched_on, row.status)).collect();
    let wanted = [(Some(TOMORROW), DifferenceStatus::Closed), (None, DifferenceStatus::Open)];
    assert_eq!(met, wanted);
    // On the next day it is neither missing nor there for another line.
    let before = vec![(paid.operation_id, 500)];
    let tomorrow = |lines| {
        let unmatched = Unmatched::of(lines, vec![paid.clone()], before.clone());
        unmatched.compare(TOMORROW, Elsewhere::default())
    };
    assert_eq!((tomorrow(Vec::new()).matched, seen(&tomorrow(Vec::new()))), (1, Vec::new()));
    let again = tomorrow(vec![booked(&paid, 500)]);
    assert_eq!((again.matched, seen(&again)), (1, vec![(DifferenceType::Extra, 500, 0)]));
}

#[test]
fn what_was_missing_is_met_by_the_line_that_comes_later() {
    let paid = top_up(1, -500);
    let today = compared(Vec::new(), vec![paid.clone()], Elsewhere::default());
    let id = today.differences[0].id;
    let waiting = HashMap::from([(paid.operation_id, today.differences)]);
    let known = || Elsewhere { waiting: waiting.clone(), ..Elsewhere::default() };
    let later = compared(vec![booked(&paid, -500)], Vec::new(), known());
    assert_eq!((later.met, later.differences.len()), (vec![id], 0));
    let other = compared(vec![booked(&paid, -499)], Vec::new(), known());
    assert_eq!((other.met.len(), seen(&other)), (0, vec![(DifferenceType::Extra, -499, 0)]));
}
