//! How a value is read: in words, as people and programs write them, or letter by letter, as chance does.
//!
//! The measure is the one that the post "Rare Not Random" describes: how many characters a token of a common vocabulary
//! takes up on average. Text takes four and more a token, a random string one to two. The vocabulary here is
//! `rules/context/words.txt` (2,700 words, counted by `words.py` beside it), and what looks like a word by its pairs
//! of letters. The same reading says how many guesses the value stands for: a word counts for one choice among many
//! words, however long it is.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::super::entropy::shannon;

/// Lower case, one a line, sorted.
const WORDS: &str = include_str!("../../../rules/context/words.txt");

/// The longest word that is looked up.
const LONGEST_WORD: usize = 14;

/// Bits for a word of the list, as often as people pick one: log2 of their number.
const WORD_BITS: f64 = 11.4;

/// Bits a letter for what is pronounceable and not in the list.
const NATURAL_BITS: f64 = 3.0;

/// From this many characters a token on, a value is made of words.
const WORDY: f64 = 2.1;

/// Fewer bits than this are a weak password: a word or two, a word with a number.
const WEAK_BITS: f64 = 31.0;

/// Two letters that stand for a word when nothing else stands beside them.
const SHORT: &str =
    " an as at be by db do go id if in is it js me ms my no of on or os pw py to ts up us we ";

/// What a value was read as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// Letters and digits.
    characters: usize,
    /// Tokens they were read as.
    tokens: usize,
    /// Guesses that the value stands for, as a power of two.
    pub(super) bits: f64,
}

impl Reading {
    /// Reads a value.
    pub(super) fn of(value: &str) -> Self {
        let plain = Self::plain(value);
        let spelled = without_digits_for_letters(value).map(|text| Self::plain(&text));
        // People write `p4ssw0rd`; one who guesses tries that as well.
        let bits = spelled.map_or(plain.bits, |spelled| plain.bits.min(spelled.bits + 3.0));
        // Few different characters are soon tried; eight of chance still have three in four different.
        let variety = shannon(value.as_bytes()) / (value.len().max(2) as f64).log2().min(4.0) / 0.75;
        Self { bits: bits * variety.min(1.0), ..plain }
    }

    fn plain(value: &str) -> Self {
        if is_hex(value) {
            let characters = value.bytes().filter(u8::is_ascii_hexdigit).count();
            return Self { characters, tokens: characters, bits: 4.0 * characters as f64 };
        }
        let mut reading = Self { characters: 0, tokens: 0, bits: 0.0 };
        let mut rest = value.as_bytes();
        while let Some(first) = rest.first() {
            let len = chunk(rest);
            let part = &rest[..len];
            rest = &rest[len..];
            match first {
                b'0'..=b'9' => reading.digits(part),
                b if b.is_ascii_alphabetic() || !b.is_ascii() => reading.letters(part),
                b'_' | b'-' | b'.' | b' ' | b':' | b'/' => reading.bits += 1.0,
                _ => reading.bits += 4.0,
            }
        }
        reading
    }

    /// Characters a token.
    pub(super) fn efficiency(&self) -> f64 {
        self.characters as f64 / self.tokens.max(1) as f64
    }

    /// Whether it is made of words.
    pub(super) fn is_wordy(&self) -> bool {
        self.efficiency() >= WORDY
    }

    /// Whether a list of passwords would hold it, or a few hours of guessing find it.
    pub(super) fn is_weak(&self) -> bool {
        self.bits < WEAK_BITS
    }

    fn add(&mut self, characters: usize, tokens: usize, bits: f64) {
        self.characters += characters;
        self.tokens += tokens;
        self.bits += bits;
    }

    /// Vocabularies take digits three at a time. A row (`1234`) or a year is one choice.
    fn digits(&mut self, digits: &[u8]) {
        let row = digits.len() > 2 && digits.windows(2).all(|w| w[1].abs_diff(w[0]) <= 1);
        let year = digits.len() == 4 && (digits.starts_with(b"19") || digits.starts_with(b"20"));
        let bits = if row || year { 6.0 } else { 3.32 * digits.len() as f64 };
        self.add(digits.len(), digits.len().div_ceil(3), bits);
    }

    fn letters(&mut self, chunk: &[u8]) {
        let lower = chunk.to_ascii_lowercase();
        let model = Model::get();
        if lower.len() == 2
            && SHORT.as_bytes().windows(4).any(|w| w[0] == b' ' && w[1..3] == lower && w[3] == b' ')
        {
            return self.add(2, 1, 8.0);
        }
        let before = *self;
        let (mut at, mut unread) = (0, 0);
        while at < lower.len() {
            match model.word_at(&lower[at..]) {
                Some(len) => {
                    self.unread(&lower[unread..at], model);
                    self.add(len, 1, WORD_BITS);
                    at += len;
                    unread = at;
                }
                None => at += 1,
            }
        }
        self.unread(&lower[unread..], model);
        // `tooltip` is no `too` and four letters more.
        let mut whole = before;
        whole.unread(&lower, model);
        if whole.tokens < self.tokens {
            *self = Self { bits: whole.bits.min(self.bits), ..whole };
        }
    }

    /// Letters between words.
    fn unread(&mut self, letters: &[u8], model: &Model) {
        let len = letters.len();
        if len >= 3 && model.is_natural(letters) {
            let each = if len == 3 { 4.0 } else { NATURAL_BITS };
            self.add(len, len.div_ceil(4), each * len as f64);
        } else {
            let each = if len <= 2 { 5.7 } else { 4.7 };
            self.add(len, len, each * len as f64);
        }
    }
}

/// Whether a value is made of words, as names of functions are.
pub(in crate::detect) fn is_wordy(value: &str) -> bool {
    Reading::of(value).is_wordy()
}

/// Whether a password is one that a person would guess: a word or two, a word with a number. Never a judgement on
/// whether it is a credential.
pub fn is_weak(value: &str) -> bool {
    Reading::of(value).is_weak()
}

/// The words, and how likely one letter follows another in them.
struct Model {
    words: HashSet<&'static [u8]>,
    /// log2 of the probability; index 26 is the edge of a word.
    pairs: Vec<[f64; 27]>,
}

impl Model {
    fn get() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut counts = vec![[0.5_f64; 27]; 27];
        for word in WORDS.lines().filter(|word| word.len() > 3) {
            for pair in word.as_bytes().windows(2) {
                counts[letter(pair[0])][letter(pair[1])] += 1.0;
            }
        }
        for row in &mut counts {
            let total: f64 = row.iter().sum();
            row.iter_mut().for_each(|count| *count = (*count / total).log2());
        }
        Self { words: WORDS.lines().map(str::as_bytes).collect(), pairs: counts }
    }

    /// The length of the longest word that the letters begin with.
    fn word_at(&self, letters: &[u8]) -> Option<usize> {
        (3..=letters.len().min(LONGEST_WORD)).rev().find(|&len| self.words.contains(&letters[..len]))
    }

    /// Whether letters follow each other as they do in words. Chance gives 6.5 bits a pair, words 3 to 4; the fewer
    /// letters, the likelier chance makes a word.
    fn is_natural(&self, letters: &[u8]) -> bool {
        let sum: f64 = letters.windows(2).map(|w| self.pairs[letter(w[0])][letter(w[1])]).sum();
        let least = match letters.len() {
            3 => -3.6,
            4 => -4.6,
            _ => -4.9,
        };
        sum / (letters.len() - 1) as f64 > least
    }
}

fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { usize::from(byte - b'a') } else { 26 }
}

/// The length of the run that a value begins with: digits, letters of one word (`fooBar` has two, `HTTPServer` as
/// well), or one other byte.
fn chunk(bytes: &[u8]) -> usize {
    let is_letter = |b: u8| b.is_ascii_alphabetic() || !b.is_ascii();
    let first = bytes[0];
    if first.is_ascii_digit() {
        return bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    }
    if !is_letter(first) {
        return 1;
    }
    let upper = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let lower = bytes[upper..].iter().take_while(|b| is_letter(**b) && !b.is_ascii_uppercase()).count();
    match (upper, lower) {
        (0 | 1, _) | (_, 0) => upper + lower,
        _ => upper - 1,
    }
}

fn is_hex(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && value.bytes().any(|b| b.is_ascii_digit())
}

/// `p4ssw0rd` as `password`, where letters stand beside such digits.
fn without_digits_for_letters(value: &str) -> Option<String> {
    const FOR: [(char, char); 7] =
        [('0', 'o'), ('1', 'i'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('@', 'a'), ('$', 's')];
    let end = value.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).len();
    let (word, tail) = value.split_at(end);
    let swap = |c: char| FOR.iter().find(|(digit, _)| *digit == c).map_or(c, |(_, letter)| *letter);
    word.contains(|c| swap(c) != c).then(|| word.chars().map(swap).collect::<String>() + tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_more_characters_a_token_than_chance_does() {
        for wordy in [
            "SIGN_IN_WITH_PASSWORD",
            "signInWithPhoneNumber",
            "NonEmptyMaxLength64String",
            "my_recaptchaV3Token",
            "correct-horse-battery-staple",
            "Passwort",
            "contrasena",
            "wachtwoord",
            "call_credentials_1.CallCredentials",
            "XmlStringMaxLen256",
            "PKCS7PrivateKeyTypes",
            "variable-2",
            "rfc3161.TimeStampToken",
            "term-token-value",
        ] {
            assert!(Reading::of(wordy).is_wordy(), "{wordy}: {:?}", Reading::of(wordy));
        }
        for random in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "kX9vQ2mZr7TbW4sLp8Nc",
            "ZXhhbXBsZWludmVudGVk9Q",
            "a8ca07e4-61ec-4399-99f4-19853801bcd5",
            "]35d/{pB9Fo9wJ",
            "h]6EszR}vJ*m",
            "kX9-unbake-Inv3nted",
            "qzkxvjwpfhgtrmbd",
        ] {
            assert!(!Reading::of(random).is_wordy(), "{random}: {:?}", Reading::of(random));
        }
    }

    #[test]
    fn what_is_guessed_is_weak() {
        for weak in [
            "postgres",
            "admin",
            "Password",
            "changeme",
            "hunter2",
            "1234",
            "p@ssw0rd",
            "P4ssw0rd1",
            "root",
            "foobar",
            "fake_password",
            "docker",
            "secret123",
            "Summer2024!",
            "my-secret-pw",
            "aaaaaaaaaaaa",
            "yourpassword",
            "",
        ] {
            assert!(is_weak(weak), "{weak}: {:?}", Reading::of(weak));
        }
        for strong in [
            "kX9-unbake-Inv3nted",
            "Xk29sPq0vL",
            "correct-horse-battery-staple",
            "9f86d081884c7d659a2feaa0c55ad015",
            "unbake-Invented-7-value",
        ] {
            assert!(!is_weak(strong), "{strong}: {:?}", Reading::of(strong));
        }
    }
}
