//! Azure's own hash of partition keys: Bob Jenkins' lookup3, its two results folded into 16 bits.
//!
//! Producers that buffer choose the partition of a key themselves, by the hash that the service has
//! for those that do not. What one of each sends for a key must meet in one partition here as well.

use std::num::Wrapping;

/// What lookup3 starts from, before the length of the key.
const START: u32 = 0xDEAD_BEEF;
const BYTES_PER_BLOCK: usize = 12;
const BYTES_PER_WORD: usize = 4;

/// How far the words turn while a block with others behind it is mixed in.
const TURNS_BETWEEN: [u32; 6] = [4, 6, 8, 16, 19, 4];
/// How far they turn after the last block.
const TURNS_AT_END: [u32; 7] = [14, 11, 25, 16, 4, 14, 24];

/// The hash of a partition key.
pub(crate) fn hash(key: &str) -> i16 {
    // A key has 128 characters at most.
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let start = Wrapping(START) + Wrapping(length);
    let (mut a, mut b, mut c) = (start, start, start);
    let mut blocks = key.as_bytes().chunks(BYTES_PER_BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let [first, second, third] = words(block);
        (a, b, c) = (a + first, b + second, c + third);
        if blocks.peek().is_some() {
            for turn in TURNS_BETWEEN {
                a = (a - c) ^ turned(c, turn);
                (a, b, c) = (b, c + b, a);
            }
        } else {
            for turn in TURNS_AT_END {
                c = (c ^ b) - turned(b, turn);
                (a, b, c) = (b, c, a);
            }
            // Seven steps leave the words one place on.
            (a, b, c) = (c, a, b);
        }
    }
    let [low, high, ..] = (b ^ c).0.to_le_bytes();
    i16::from_le_bytes([low, high])
}

/// The little-endian words of a block; what a short one lacks is zero.
fn words(block: &[u8]) -> [Wrapping<u32>; 3] {
    let mut words = [Wrapping(0); 3];
    for (word, bytes) in words.iter_mut().zip(block.chunks(BYTES_PER_WORD)) {
        word.0 = bytes.iter().rev().fold(0, |above, byte| (above << 8) | u32::from(*byte));
    }
    words
}

fn turned(word: Wrapping<u32>, by: u32) -> Wrapping<u32> {
    Wrapping(word.0.rotate_left(by))
}

#[cfg(test)]
mod tests {
    use super::hash;

    /// Keys whose hashes Microsoft publishes with its SDK for .NET (`PartitionResolverTests`), of
    /// one block and of many, with and without bytes left over.
    #[test]
    fn keys_have_the_hashes_that_microsoft_publishes() {
        for (key, published) in [
            ("7", -15_263),
            ("131", 30_562),
            ("$0cb", 26_269),
            ("FWfAT", -22_341),
            ("!c*_!I@1^c", 15_372),
            ("p4*!jioeO/z-!-;w:dh", -3_104),
            ("7149583486996073602", 12_977),
            ("-4189260826195535198", 453),
            ("sOdeEAsyQoEuEFPGerWO", -6_503),
            (
                "FAyAIctPeCgmiwLKbJcyswoHglHVjQdvtBowLACDNORsYvOcLddNJYDmhAVkbyLOrHTKLneMNcbgWVlas\
                 VywOByANjs",
                5_226,
            ),
        ] {
            assert_eq!(hash(key), published, "{key}");
        }
    }

    #[test]
    fn the_empty_key_has_the_hash_zero() {
        assert_eq!(hash(""), 0);
    }
}
