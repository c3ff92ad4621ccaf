//! The prefilter against its oracle: `aho-corasick` over the same keywords reports the same (keyword, end).

#![allow(clippy::unwrap_used)]

use aho_corasick::AhoCorasickBuilder;
use proptest::prelude::*;
use unbake::detect::prefilter::{Hit, Prefilter};

fn oracle(keywords: &[Vec<u8>], text: &[u8]) -> Vec<Hit> {
    let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(keywords).unwrap();
    let mut hits: Vec<Hit> = automaton
        .find_overlapping_iter(text)
        .map(|m| Hit { end: m.end(), keyword: m.pattern().as_u32() as u16 })
        .collect();
    hits.sort();
    hits
}

fn ours(keywords: &[Vec<u8>], text: &[u8], from: usize) -> Vec<Hit> {
    let numbered: Vec<(u16, &[u8])> = keywords.iter().enumerate().map(|(i, k)| (i as u16, &**k)).collect();
    let mut hits = Vec::new();
    Prefilter::new(&numbered).find(text, from, &mut hits);
    hits.sort();
    hits
}

/// Keywords and texts of few letters, so that endings are shared, keywords overlap and hits are dense.
fn few_letters(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"aAbB_-\xdf\x5f\x7f@`"[..]), len)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_same_hits_as_the_oracle_in_dense_texts(
        keywords in prop::collection::hash_set(few_letters(3..12), 1..30),
        text in few_letters(0..300),
    ) {
        let keywords: Vec<Vec<u8>> = keywords.into_iter().collect();
        prop_assert_eq!(ours(&keywords, &text, 0), oracle(&keywords, &text));
    }

    #[test]
    fn the_same_hits_as_the_oracle_in_any_bytes(
        keywords in prop::collection::hash_set(prop::collection::vec(any::<u8>(), 3..9), 1..40),
        mut text in prop::collection::vec(any::<u8>(), 0..2000),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let keywords: Vec<Vec<u8>> = keywords.into_iter().collect();
        for (i, place) in places.iter().enumerate() {
            let keyword = &keywords[i % keywords.len()];
            if text.len() >= keyword.len() {
                let at = place.index(text.len() - keyword.len() + 1);
                text[at..at + keyword.len()].copy_from_slice(keyword);
            }
        }
        prop_assert_eq!(ours(&keywords, &text, 0), oracle(&keywords, &text));
    }

    /// Wherever the text is cut, the parts together report each hit once.
    #[test]
    fn every_chunking_reports_the_same(
        keywords in prop::collection::hash_set(few_letters(3..10), 1..20),
        text in few_letters(1..200),
        cut in any::<prop::sample::Index>(),
    ) {
        let keywords: Vec<Vec<u8>> = keywords.into_iter().collect();
        let cut = cut.index(text.len());
        let mut hits = ours(&keywords, &text[..cut], 0);
        hits.extend(ours(&keywords, &text, cut));
        prop_assert_eq!(hits, oracle(&keywords, &text));
    }
}

/// Two keywords that end at one place, and a keyword that is the ending of another, are both reported.
#[test]
fn keywords_that_end_together_are_all_reported() {
    let keywords = [b"secret".to_vec(), b"client_secret".to_vec(), b"ret".to_vec()];
    assert_eq!(ours(&keywords, b"CLIENT_SECRET", 0), oracle(&keywords, b"CLIENT_SECRET"));
    assert_eq!(ours(&keywords, b"CLIENT_SECRET", 0).len(), 3);
}
