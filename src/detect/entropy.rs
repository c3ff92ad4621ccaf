//! Shannon entropy of a value.

/// Bits a byte: 0 for one repeated byte, up to 8. A value of n different bytes has log2(n).
pub(super) fn shannon(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_bytes_have_none_and_sixteen_different_ones_have_four_bits() {
        assert!(shannon(b"aaaaaaaa").abs() < 1e-9);
        assert!((shannon(b"0123456789abcdef") - 4.0).abs() < 1e-9);
        assert!(shannon(b"").abs() < 1e-9);
    }
}
