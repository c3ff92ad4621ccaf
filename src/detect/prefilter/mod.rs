//! One pass over all keywords: which literals stand where.
//!
//! In: bytes. Out: every (keyword, end) at which a keyword stands, ASCII case not counting. It knows bytes and
//! literals only.
//!
//! The method is FDR, the extended shift-or of Hyperscan (Wang et al., NSDI 2019, §4.1). An Aho-Corasick automaton
//! does one table load a byte, and each load waits for the one before (0.55 GB/s here); FDR's loads are independent
//! of each other, and it can leave every second position out: a super-character knows its successor too, so hardly
//! less is known of a keyword's end, and a step costs half. `aho-corasick` is the oracle of its tests.

mod buckets;
mod confirm;

use confirm::Confirm;

/// A super-character is two bytes in six bits each ([`codes`]); 12 bits make a table of 32 KiB, which the first cache
/// holds.
const DOMAIN: usize = 1 << 12;
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
            // One more than the shortest has bytes: the super-character before a keyword ends in its first byte.
            let lanes = members.iter().map(|k| k.len() + 1).min().unwrap_or(0).min(LANES);
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
        let (blocks, rest) = text[from..].as_chunks::<LANES>();
        for (i, block) in blocks.iter().enumerate() {
            let candidates = state.step(&self.table, *block);
            if candidates != u64::MAX {
                self.confirm.positions(text, from + i * LANES, !candidates, hits);
            }
        }
        let mut last = [0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        let inside = (1 << (rest.len() * 8)) - 1;
        let candidates = !state.step(&self.table, last);
        self.confirm.positions(text, text.len() - rest.len(), candidates & inside, hits);
    }
}

/// Says that `keyword` may have its super-character of `lane` there.
fn enter(table: &mut [u64], keyword: &[u8], lane: usize, bucket: usize) {
    let allowed = !(1 << (lane * 8 + bucket));
    let before = keyword.len() - lane;
    let first = before.checked_sub(1).map(|place| code(keyword[place]));
    let next = keyword.get(before).map(|byte| code(*byte));
    let all = || 0..64;
    match (first, next) {
        (Some(first), Some(next)) => table[first | next << 6] &= allowed,
        // What follows a keyword is free, and what stands before it.
        (Some(first), None) => all().for_each(|next| table[first | next << 6] &= allowed),
        (None, Some(next)) => all().for_each(|first| table[first | next << 6] &= allowed),
        (None, None) => {}
    }
}

/// Six bits of a byte: all but those that tell ASCII from the rest and small letters from large ones.
fn code(byte: u8) -> usize {
    usize::from(byte & 0x1f | (byte & 0x40) >> 1)
}

/// The super-characters at the even positions of a block, in 16 bits each.
#[inline(always)]
fn super_characters(block: [u8; LANES]) -> u64 {
    let block = u64::from_le_bytes(block);
    let codes = block & 0x1f1f_1f1f_1f1f_1f1f | (block >> 1) & 0x2020_2020_2020_2020;
    codes & 0x003f_003f_003f_003f | (codes >> 2) & 0x0fc0_0fc0_0fc0_0fc0
}

/// The entry of the super-character at position `j`.
#[inline(always)]
fn entry(table: &[u64; DOMAIN], super_characters: u64, j: usize) -> u64 {
    table[(super_characters >> (8 * j)) as usize & (DOMAIN - 1)]
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
    fn step(&mut self, table: &[u64; DOMAIN], block: [u8; LANES]) -> u64 {
        use safe_arch::{
            bitor_m128i as or, byte_shl_imm_u128_m128i as shift_up, byte_shr_imm_u128_m128i as shift_down,
            get_i64_from_m128i_s as low_half, set_i64_m128i_s as widen,
        };
        let at = super_characters(block);
        let wide = |j| widen(entry(table, at, j).cast_signed());
        // A tree, so that the four do not wait for each other.
        let low = or(wide(0), shift_up::<2>(wide(2)));
        let high = or(shift_up::<4>(wide(4)), shift_up::<6>(wide(6)));
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
    fn step(&mut self, table: &[u64; DOMAIN], block: [u8; LANES]) -> u64 {
        let at = super_characters(block);
        let mut all = u128::from(self.0);
        for j in (0..LANES).step_by(2) {
            all |= u128::from(entry(table, at, j)) << (8 * j);
        }
        self.0 = (all >> 64) as u64;
        all as u64
    }
}
