//! Literals that every match of an expression contains: what the prefilter looks for where a rule has no keywords.
//!
//! In: an expression as `regex-syntax` understands it. Out: a set of words in lower case, of which each match has at
//! least one, case not counting. An expression without such words can't be looked for in one pass over all text.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Shortest word that will do, in bytes.
pub(super) const SHORTEST: usize = 3;
/// So many words at most stand for one expression.
const MOST: usize = 64;
/// A class of more characters, case not counting, is not written out.
const LARGEST_CLASS: usize = 6;

/// The best set of words: the longest, then the fewest.
pub(super) fn required(hir: &Hir) -> Option<Vec<String>> {
    let best = sets(hir).into_iter().max_by_key(|set| {
        let shortest = set.iter().map(String::len).min().unwrap_or(0);
        (shortest.min(8), MOST - set.len().min(MOST))
    })?;
    // What holds another word is found with it.
    let holds_another = |word: &String| best.iter().any(|other| other != word && word.contains(other));
    Some(best.iter().filter(|word| !holds_another(word)).cloned().collect())
}

/// Whether every match contains one of `keywords`, case not counting.
pub(super) fn contains_one(hir: &Hir, keywords: &[String]) -> bool {
    let has = |word: &String| keywords.iter().any(|keyword| word.contains(&keyword.to_lowercase()));
    match hir.kind() {
        HirKind::Capture(group) => contains_one(&group.sub, keywords),
        HirKind::Repetition(repeated) => repeated.min > 0 && contains_one(&repeated.sub, keywords),
        HirKind::Alternation(branches) => branches.iter().all(|branch| contains_one(branch, keywords)),
        HirKind::Concat(parts) => {
            runs(parts).iter().any(|run| run.iter().all(has))
                || parts.iter().any(|part| contains_one(part, keywords))
        }
        _ => exact(hir).is_some_and(|words| words.iter().all(has)),
    }
}

/// Sets that would do; of an alternation the best of its branches.
fn sets(hir: &Hir) -> Vec<Vec<String>> {
    let own = exact(hir).filter(|words| will_do(words));
    let inner = match hir.kind() {
        HirKind::Capture(group) => sets(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => sets(&repeated.sub),
        HirKind::Alternation(branches) => {
            let all: Option<Vec<Vec<String>>> = branches.iter().map(required).collect();
            all.map(|all| vec![sorted(all.concat())]).unwrap_or_default()
        }
        HirKind::Concat(parts) => runs(parts).into_iter().chain(parts.iter().flat_map(sets)).collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(inner).filter(|set| will_do(set)).collect()
}

fn will_do(words: &[String]) -> bool {
    !words.is_empty() && words.len() <= MOST && words.iter().all(|word| word.len() >= SHORTEST)
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

/// What neighbouring parts that can be written out spell together.
fn runs(parts: &[Hir]) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut run = vec![String::new()];
    for part in parts {
        let next = exact(part).and_then(|words| product(&run, &words));
        match next {
            Some(longer) => run = longer,
            None => {
                all.push(std::mem::replace(&mut run, exact(part).unwrap_or_else(|| vec![String::new()])));
            }
        }
    }
    all.push(run);
    all.into_iter().map(sorted).collect()
}

fn product(heads: &[String], tails: &[String]) -> Option<Vec<String>> {
    let fits = heads.len() * tails.len() <= MOST;
    fits.then(|| {
        heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect()
    })
}

/// All texts that the expression matches, in lower case, if they are few.
fn exact(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![
            std::str::from_utf8(&literal.0).ok().filter(|text| text.is_ascii())?.to_ascii_lowercase(),
        ]),
        HirKind::Class(class) => characters(class),
        HirKind::Capture(group) => exact(&group.sub),
        HirKind::Repetition(repeated) => {
            let words = exact(&repeated.sub)?;
            match (repeated.min, repeated.max) {
                (0, Some(1)) => Some([vec![String::new()], words].concat()),
                (min, Some(max)) if min == max && min <= 8 => {
                    (0..min).try_fold(vec![String::new()], |run, _| product(&run, &words))
                }
                _ => None,
            }
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |run, part| product(&run, &exact(part)?))
        }
        HirKind::Alternation(branches) => {
            let all: Vec<Vec<String>> = branches.iter().map(exact).collect::<Option<_>>()?;
            Some(all.concat()).filter(|words| words.len() <= MOST)
        }
    }
}

fn characters(class: &Class) -> Option<Vec<String>> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(bytes) => bytes.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
        Class::Unicode(chars) => chars.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
    };
    let size: u32 = ranges.iter().map(|(start, end)| end - start + 1).sum();
    if size as usize > 2 * LARGEST_CLASS {
        return None;
    }
    let all = ranges.into_iter().flat_map(|(start, end)| start..=end);
    let words: Option<Vec<String>> = all
        .map(|c| char::from_u32(c).filter(char::is_ascii).map(|c| c.to_ascii_lowercase().to_string()))
        .collect();
    words.map(sorted).filter(|words| words.len() <= LARGEST_CLASS)
}

#[cfg(test)]
mod tests {
    use super::super::check::syntax;
    use super::*;

    fn of(regex: &str) -> Option<Vec<String>> {
        required(&syntax(regex).unwrap())
    }

    #[test]
    fn words_come_from_what_every_match_contains() {
        let words = |all: &[&str]| Some(all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(r"\bacme_[a-z0-9]{32}\b"), words(&["acme_"]));
        assert_eq!(of(r"(?i)[\w.-]{0,50}?(?:Acme)(?:[ \t\w.-]{0,20})=([a-z0-9]{8})"), words(&["acme"]));
        assert_eq!(of(r"(?:foo|fob)-[0-9]{4}"), words(&["fob-", "foo-"]));
        assert_eq!(of(r"(acme|corp)?_token_x+"), words(&["_token_"]));
        assert_eq!(of(r"(?:acme){1,3}[0-9]+"), words(&["acme"]));
        assert_eq!(of(r"AC[a-f0-9]{32}"), None);
        assert_eq!(of(r"acme-[a-z]+|[0-9]{40}"), None);
        assert_eq!(of(r"(?:acme)*[0-9]{40}"), None);
    }

    #[test]
    fn keywords_are_in_every_match_or_not() {
        let contains =
            |regex: &str, keyword: &str| contains_one(&syntax(regex).unwrap(), &[keyword.to_owned()]);
        assert!(contains("(?i)[a-z]{0,9}ACME[_-]key=[0-9]+", "Acme"));
        assert!(contains("acme-[0-9]+|xacme[a-z]+", "acme"));
        assert!(!contains("acme-[0-9]+|[a-z]{40}", "acme"));
        assert!(!contains("[a-f0-9]{32}", "acme"));
    }
}
