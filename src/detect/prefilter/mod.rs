//! One pass over all keywords: which literals stand where.
//!
//! In: bytes. Out: every (keyword, end) at which a keyword stands, ASCII case not counting. It knows bytes and
//! literals only.
//!
//! The method is FDR, the extended shift-or of Hyperscan (Wang et al., NSDI 2019, §4.1). An Aho-Corasick automaton
//! does one table load a byte, and each load waits for the one before (0.55 GB/s here); FDR's loads are independent
//! of each other, and it can leave every second position out: a super-character of three bytes knows what the stride
//! skips, and a step costs half. `aho-corasick` is the oracle of its tests.

mod buckets;
mod confirm;

use confirm::Confirm;

/// A super-character is three bytes in five bits each ([`code`]). 15 bits make a table of 256 KiB, of which text
/// uses a part that the caches hold. With two bytes (12 bits) the 964 keywords of the catalogue seemed to end at 8 % of
/// the positions of 28 MB of sources, with three at 0.7 %: that costs more than the larger table.
const DOMAIN: usize = 1 << 15;
const CODES: usize = 32;
/// Positions that one step answers for, and bytes of a keyword's end that the table can tell.
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
        // Lanes look back up to 7 bytes; earlier ones are settled by the confirmation.
        let mut state = State::after(from.checked_sub(1).map_or(0, |before| text[before]));
        let (blocks, rest) = text[from..].as_chunks::<LANES>();
        let (pairs, odd) = blocks.as_chunks::<2>();
        let mut at = from;
        for [first, second] in pairs {
            let (first, second) = (state.step(&self.table, *first), state.step(&self.table, *second));
            // One branch for two blocks: hardly any has a candidate.
            if first & second != u64::MAX {
                for (candidates, at) in [(first, at), (second, at + LANES)] {
                    if candidates != u64::MAX {
                        self.confirm.positions(text, at, !candidates, hits);
                    }
                }
            }
            at += 2 * LANES;
        }
        for block in odd {
            let candidates = state.step(&self.table, *block);
            self.confirm.positions(text, at, !candidates, hits);
        }
        let mut last = [0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        let inside = (1 << (rest.len() * 8)) - 1;
        let candidates = !state.step(&self.table, last);
        self.confirm.positions(text, text.len() - rest.len(), candidates & inside, hits);
    }
}

/// Says that `keyword` may have its super-character of `lane` there: the byte that many before the keyword's end, the
/// one before it, and the one after it.
fn enter(table: &mut [u64], keyword: &[u8], lane: usize, bucket: usize) {
    let allowed = !(1 << (lane * 8 + bucket));
    let after = keyword.len() - lane;
    let middle = code(keyword[after - 1]);
    // What stands before a keyword is free, and what follows it.
    let befores = after.checked_sub(2).map_or(0..CODES, |i| only(code(keyword[i])));
    for before in befores {
        for after in keyword.get(after).map_or(0..CODES, |byte| only(code(*byte))) {
            table[middle | after << 5 | before << 10] &= allowed;
        }
    }
}

fn only(code: usize) -> std::ops::Range<usize> {
    code..code + 1
}

/// Five bits of a byte: small and large letters have the same. That others share them too, the confirmation settles.
fn code(byte: u8) -> usize {
    usize::from(byte & 0x1f)
}

/// The entry of super-character `i` of a block.
#[inline(always)]
fn entry(table: &[u64; DOMAIN], super_characters: u64, i: usize) -> u64 {
    table[(super_characters >> (16 * i)) as usize & (DOMAIN - 1)]
}

/// The codes of the block before, in pairs: the first super-character of a block begins in it.
#[derive(Clone, Copy)]
struct Pairs(u64);

impl Pairs {
    /// Those of a block that ends in this byte.
    fn after(byte: u8) -> Self {
        Self((code(byte) as u64) << 53)
    }

    /// The super-characters round the even positions of a block, in 16 bits each: the code at the position, above it
    /// the next one, above that the one before.
    #[inline(always)]
    fn super_characters(&mut self, block: [u8; LANES]) -> u64 {
        let codes = u64::from_le_bytes(block) & 0x1f1f_1f1f_1f1f_1f1f;
        let pairs = codes & 0x001f_001f_001f_001f | (codes >> 3) & 0x03e0_03e0_03e0_03e0;
        let before = pairs << 16 | self.0 >> 48;
        self.0 = pairs;
        pairs | (before << 5) & 0x7c00_7c00_7c00_7c00
    }
}

/// What the positions behind say of those ahead, as 128 bits: the low half is the block at hand.
#[cfg(target_arch = "x86_64")]
struct State {
    behind: safe_arch::m128i,
    pairs: Pairs,
}

#[cfg(target_arch = "x86_64")]
impl State {
    fn after(byte: u8) -> Self {
        Self { behind: safe_arch::m128i::default(), pairs: Pairs::after(byte) }
    }

    /// Takes in eight positions; a 0 bit in the answer's byte i says that a keyword of that bucket may end at
    /// position i. SSE2 is part of x86-64, so nothing has to be detected at run time.
    #[inline(always)]
    fn step(&mut self, table: &[u64; DOMAIN], block: [u8; LANES]) -> u64 {
        use safe_arch::{
            bitor_m128i as or, byte_shl_imm_u128_m128i as shift_up, byte_shr_imm_u128_m128i as shift_down,
            get_i64_from_m128i_s as low_half, set_i64_m128i_s as widen,
        };
        let at = self.pairs.super_characters(block);
        let wide = |i| widen(entry(table, at, i).cast_signed());
        // A tree, so that the four do not wait for each other.
        let low = or(wide(0), shift_up::<2>(wide(1)));
        let high = or(shift_up::<4>(wide(2)), shift_up::<6>(wide(3)));
        let all = or(self.behind, or(low, high));
        self.behind = shift_down::<8>(all);
        low_half(all).cast_unsigned()
    }
}

/// The same in plain arithmetic, for other processors.
#[cfg(not(target_arch = "x86_64"))]
struct State {
    behind: u64,
    pairs: Pairs,
}

#[cfg(not(target_arch = "x86_64"))]
impl State {
    fn after(byte: u8) -> Self {
        Self { behind: 0, pairs: Pairs::after(byte) }
    }

    #[inline(always)]
    fn step(&mut self, table: &[u64; DOMAIN], block: [u8; LANES]) -> u64 {
        let at = self.pairs.super_characters(block);
        let mut all = u128::from(self.behind);
        for i in 0..LANES / 2 {
            all |= u128::from(entry(table, at, i)) << (16 * i);
        }
        self.behind = (all >> 64) as u64;
        all as u64
    }
}
