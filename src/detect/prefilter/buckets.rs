//! Which keywords share one of the eight buckets: those of like length, and like ending, since a bucket sees no
//! more than its shortest member has, and mixes what its members have.

/// How many buckets a table entry has bits for.
const BUCKETS: usize = 8;

/// Keywords that may each begin a run; after so many of the shortest, where a run begins hardly matters, and only
/// every eighth may. (Every split of 700 keywords took longer to weigh than a small file to scan.)
const WEIGHED: usize = 64;

/// Splits the keywords, sorted by length and ending, into at most eight runs of least cost.
pub(super) fn assign<'k>(keywords: impl Iterator<Item = &'k [u8]>) -> Vec<Vec<&'k [u8]>> {
    let mut sorted: Vec<&[u8]> = keywords.collect();
    sorted.sort_by_cached_key(|k| {
        (k.len().min(8), k.iter().rev().map(u8::to_ascii_lowercase).collect::<Vec<_>>())
    });
    sorted.dedup();
    let ends = cheapest_ends(&sorted);
    let mut start = 0;
    ends.into_iter()
        .map(|end| {
            let bucket = sorted[start..end].to_vec();
            start = end;
            bucket
        })
        .collect()
}

/// Where the runs end: dynamic programming over keywords taken, one round a run. Splitting a run never costs more,
/// so all eight are used.
fn cheapest_ends(sorted: &[&[u8]]) -> Vec<usize> {
    let n = sorted.len();
    let cuts: Vec<usize> = (0..n.min(WEIGHED)).chain((WEIGHED..n).step_by(8)).chain([n]).collect();
    let mut cost = vec![f64::INFINITY; cuts.len()];
    cost[0] = 0.0;
    let mut rounds = Vec::new();
    for _ in 0..BUCKETS.min(n) {
        let (mut best, mut starts) = (vec![f64::INFINITY; cuts.len()], vec![0; cuts.len()]);
        for end in 1..cuts.len() {
            for start in 0..end {
                let with = cost[start] + run_cost(cuts[end] - cuts[start], sorted[cuts[start]].len());
                if with < best[end] {
                    (best[end], starts[end]) = (with, start);
                }
            }
        }
        cost = best;
        rounds.push(starts);
    }
    let mut ends = Vec::new();
    let mut end = cuts.len() - 1;
    for starts in rounds.iter().rev() {
        ends.push(cuts[end]);
        end = starts[end];
    }
    ends.reverse();
    ends
}

/// How often a bucket of `count` keywords of which the shortest has `shortest` bytes will cry: a super-character
/// of text is some 6 bits, and members add up in every lane.
fn run_cost(count: usize, shortest: usize) -> f64 {
    (count as f64).powf(1.5) / 6_f64.powi(shortest.min(8) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_in_one_bucket_and_short_ones_stand_apart() {
        let words: Vec<String> = (0..40).map(|i| format!("keyword-number-{i}")).collect();
        let mut all: Vec<&[u8]> = words.iter().map(String::as_bytes).collect();
        all.push(b"abc");
        let buckets = assign(all.iter().copied());
        assert!(buckets.len() <= 8);
        assert_eq!(buckets.iter().map(Vec::len).sum::<usize>(), 41);
        let short = buckets.iter().find(|b| b.contains(&&b"abc"[..])).unwrap();
        assert_eq!(short.len(), 1, "a three-byte keyword would blind its bucket");
    }
}
