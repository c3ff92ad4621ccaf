//! One pass over all keywords: which literals stand where.
//!
//! In: bytes. Out: every (keyword, end) at which a keyword stands, ASCII case not counting. It knows bytes and
//! literals only.
//!
//! The method is FDR, the extended shift-or of Hyperscan (Wang et al., NSDI 2019, §4.1). An Aho-Corasick automaton
//! does one table load a byte, and each load waits for the one before (0.55 GB/s here); FDR's loads are independent
//! of each other (3 GB/s). `aho-corasick` is the oracle of its tests.

mod buckets;
mod confirm;

use confirm::Confirm;

/// Bits of a super-character: a byte and the low 5 bits of its successor. 13 bits make a table of 64 KiB;
/// 12 and 14 measured the same within 5 %.
const DOMAIN_BITS: usize = 13;
const DOMAIN: usize = 1 << DOMAIN_BITS;
/// Positions that one step looks at, and bytes of a keyword's end that the table can tell.
const LANES: usize = 8;

/// A keyword, and the offset after its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Offset after the keyword's last byte.
    pub end: usize,
    /// Position of the keyword in the list that the prefilter was built of.
    pub keyword: u16,
}

/// Keywords, ready to be looked for.
pub struct Prefilter {
    /// Lane k (byte k), bit b of an entry is 0 when a keyword of bucket b can have this super-character k bytes
    /// before its last one.
    table: Box<[u64; DOMAIN]>,
    confirm: Confirm,
}

impl Prefilter {
    /// Builds the table. Each keyword comes with the number that its hits will carry; keywords of fewer than three
    /// bytes are not looked for.
    pub fn new(keywords: &[(u16, &[u8])]) -> Self {
        let confirm = Confirm::new(keywords);
        let mut table = vec![u64::MAX; DOMAIN];
        for (bucket, members) in buckets::assign(confirm.keywords()).iter().enumerate() {
            let lanes = members.iter().map(|k| k.len()).min().unwrap_or(0).min(LANES);
            for keyword in members {
                for lane in 0..lanes {
                    enter(&mut table, keyword, lane, bucket);
                }
            }
            // A bucket says nothing of what stands before its shortest member.
            let blind: u64 = (lanes..LANES).map(|lane| 1 << (lane * 8 + bucket)).sum();
            if lanes > 0 {
                table.iter_mut().for_each(|entry| *entry &= !blind);
            }
        }
        let table = table.try_into().unwrap_or_else(|_| Box::new([u64::MAX; DOMAIN]));
        Self { table, confirm }
    }

    /// Appends to `hits` every keyword that ends in `text[from..]`, by rising end. What stands before `from` is
    /// looked at, so that a keyword across `from` is found.
    pub fn find(&self, text: &[u8], from: usize, hits: &mut Vec<Hit>) {
        let mut state = State::default();
        // Lanes look back up to 7 bytes; earlier ones are settled by the confirmation.
        let mut at = from;
        while let Some(block) = text.get(at..at + LANES + 1) {
            let block: &[u8; LANES + 1] = match block.try_into() {
                Ok(block) => block,
                Err(_) => break,
            };
            let candidates = state.step(&self.table, block);
            if candidates != u64::MAX {
                self.confirm.positions(text, at, !candidates, hits);
            }
            at += LANES;
        }
        let mut last = [0; LANES + 1];
        while at < text.len() {
            let rest = &text[at..text.len().min(at + LANES)];
            last[..rest.len()].copy_from_slice(rest);
            last[rest.len()..].fill(0);
            if rest.len() == LANES {
                last[LANES] = text.get(at + LANES).copied().unwrap_or(0);
            }
            let candidates = !state.step(&self.table, &last);
            let inside = if rest.len() == LANES { u64::MAX } else { (1 << (rest.len() * 8)) - 1 };
            self.confirm.positions(text, at, candidates & inside, hits);
            at += LANES;
        }
    }
}

/// Says that `keyword` may have its super-character of `lane` there, in both cases of its letters.
fn enter(table: &mut [u64], keyword: &[u8], lane: usize, bucket: usize) {
    let place = keyword.len() - 1 - lane;
    let successors: Vec<u8> = match (lane, keyword.get(place + 1)) {
        // Whatever follows the keyword is free.
        (0, _) | (_, None) => (0..32).collect(),
        // The low 5 bits of a letter are the same in both cases.
        (_, Some(next)) => vec![next & 31],
    };
    for byte in [keyword[place].to_ascii_lowercase(), keyword[place].to_ascii_uppercase()] {
        for successor in &successors {
            table[usize::from(byte) | usize::from(*successor) << 8] &= !(1 << (lane * 8 + bucket));
        }
    }
}

/// Index of the super-character at position `j` of a block.
#[inline(always)]
fn index(block: &[u8; LANES + 1], j: usize) -> usize {
    usize::from(u16::from_le_bytes([block[j], block[j + 1]])) & (DOMAIN - 1)
}

/// What the positions behind say of those ahead, as 128 bits: the low half is the block at hand.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Default)]
struct State(safe_arch::m128i);

#[cfg(target_arch = "x86_64")]
impl State {
    /// Takes in eight positions; a 0 bit in the answer's byte i says that a keyword of that bucket may end at
    /// position i. SSE2 is part of x86-64, so nothing has to be detected at run time.
    #[inline(always)]
    fn step(&mut self, table: &[u64; DOMAIN], block: &[u8; LANES + 1]) -> u64 {
        use safe_arch::{
            bitor_m128i as or, byte_shl_imm_u128_m128i as shift_up, byte_shr_imm_u128_m128i as shift_down,
            get_i64_from_m128i_s as low_half, set_i64_m128i_s as widen,
        };
        macro_rules! entry {
            ($j:literal) => {
                shift_up::<$j>(widen(table[index(block, $j)].cast_signed()))
            };
        }
        // A tree, so that the eight do not wait for each other.
        let low = or(or(entry!(0), entry!(1)), or(entry!(2), entry!(3)));
        let high = or(or(entry!(4), entry!(5)), or(entry!(6), entry!(7)));
        let all = or(self.0, or(low, high));
        self.0 = shift_down::<8>(all);
        low_half(all).cast_unsigned()
    }
}

/// The same in plain arithmetic, for other processors.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Clone, Copy, Default)]
struct State(u64);

#[cfg(not(target_arch = "x86_64"))]
impl State {
    #[inline(always)]
    fn step(&mut self, table: &[u64; DOMAIN], block: &[u8; LANES + 1]) -> u64 {
        let mut all = u128::from(self.0);
        for j in 0..LANES {
            all |= u128::from(table[index(block, j)]) << (8 * j);
        }
        self.0 = (all >> 64) as u64;
        all as u64
    }
}
