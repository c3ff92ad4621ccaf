//! Which keywords share one of the eight buckets: those of like length, and like ending, since a bucket sees no
//! more than its shortest member has, and mixes what its members have.

/// How many buckets a table entry has bits for.
const BUCKETS: usize = 8;

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
    let counts: Vec<f64> = (0..=n).map(|count| (count as f64).powf(1.5)).collect();
    let weights: Vec<f64> = sorted.iter().map(|k| 6_f64.powi(-(k.len().min(8) as i32))).collect();
    // How often the bucket of a run will cry: a super-character of text is some 6 bits, and members add up in every
    // lane. The shortest is the first.
    let cost_of = |start: usize, end: usize| counts[end - start] * weights[start];
    let mut cost = vec![f64::INFINITY; n + 1];
    cost[0] = 0.0;
    let mut rounds = Vec::new();
    for _ in 0..BUCKETS.min(n) {
        let mut round = Round {
            before: &cost,
            cost_of: &cost_of,
            best: vec![f64::INFINITY; n + 1],
            starts: vec![0; n + 1],
        };
        round.fill(1, n + 1, 0, n);
        let Round { best, starts, .. } = round;
        cost = best;
        rounds.push(starts);
    }
    let mut ends = Vec::new();
    let mut end = n;
    for starts in rounds.iter().rev() {
        ends.push(end);
        end = starts[end];
    }
    ends.reverse();
    ends
}

/// One more run after those that `before` gives the costs of. What a run costs grows faster than its count, and a later
/// start weighs less: so the best start never moves back when the end moves on, and halving finds all of them without
/// trying each start for each end, which takes 40 ms for 700 keywords.
struct Round<'a, F: Fn(usize, usize) -> f64> {
    before: &'a [f64],
    cost_of: &'a F,
    best: Vec<f64>,
    starts: Vec<usize>,
}

impl<F: Fn(usize, usize) -> f64> Round<'_, F> {
    /// The ends from `low` up to `high`, whose starts are known to lie in `first..=last`.
    fn fill(&mut self, low: usize, high: usize, first: usize, last: usize) {
        if low >= high {
            return;
        }
        let end = usize::midpoint(low, high);
        for start in first..=last.min(end - 1) {
            let with = self.before[start] + (self.cost_of)(start, end);
            if with < self.best[end] {
                (self.best[end], self.starts[end]) = (with, start);
            }
        }
        // An end that this many runs can't reach says nothing of the others.
        let (left, right) =
            if self.best[end].is_finite() { (self.starts[end], self.starts[end]) } else { (last, first) };
        self.fill(low, end, first, left);
        self.fill(end + 1, high, right, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least cost by trying every start for every end.
    fn least_cost(sorted: &[&[u8]], runs: usize) -> f64 {
        let mut cost = vec![f64::INFINITY; sorted.len() + 1];
        cost[0] = 0.0;
        for _ in 0..runs {
            let run = |start: usize, end: usize| cost_of_run(&sorted[start..end]);
            cost = (0..=sorted.len())
                .map(|end| (0..end).map(|start| cost[start] + run(start, end)).fold(f64::INFINITY, f64::min))
                .collect();
        }
        cost[sorted.len()]
    }

    fn cost_of_run(run: &[&[u8]]) -> f64 {
        (run.len() as f64).powf(1.5) / 6_f64.powi(run[0].len().min(8) as i32)
    }

    #[test]
    fn halving_finds_a_split_as_cheap_as_trying_all() {
        let words: Vec<String> =
            (0..90_usize).map(|i| format!("{:0>1$}", i, 3 + (i * 7 % 90) * i % 9)).collect();
        for n in [1, 2, 5, 8, 9, 30, 90] {
            let mut sorted: Vec<&[u8]> = words[..n].iter().map(String::as_bytes).collect();
            sorted.sort_by_cached_key(|k| k.len().min(8));
            let ends = cheapest_ends(&sorted);
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let cost: f64 = starts.zip(&ends).map(|(start, end)| cost_of_run(&sorted[start..*end])).sum();
            assert!((cost / least_cost(&sorted, ends.len()) - 1.0).abs() < 1e-9, "{n} keywords");
        }
    }

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
