//! The baseline: findings that are known, each with why and until when.
//!
//! A file that people review: JSON, sorted, one field a line, with fingerprints and never a value. What is in it is
//! counted and not raised, until its day has passed.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use super::date::Date;
use crate::finding::{Expired, Finding};
use crate::report::write_json;
use crate::secret::{Fingerprint, Fingerprinter};

/// Name of the file where none is given.
pub const FILE: &str = ".unbake-baseline.json";

/// Version of the format. A new optional field does not raise it; what an older unbake would read wrongly does.
const VERSION: u32 = 1;

/// Findings that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// Under which key the fingerprints were made: `Fingerprinter::key_id`.
    fingerprints: String,
    entries: Vec<Entry>,
}

/// One known finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its rule, for people; the fingerprint holds it already.
    pub rule: String,
    /// Where it stood when it was last met, for people; a known value is known wherever it stands.
    pub path: String,
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// Why it is let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it is let through; for ever without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// What people say of a finding that they let through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day; for ever without one.
    pub expires: Option<Date>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not one at all, or damaged: the position, and what is wrong there.
    #[error("not a baseline of unbake: {0}")]
    Parse(#[from] serde_json::Error),
    /// One of another version.
    #[error("version {0} of the format, and this unbake reads version {VERSION}")]
    Version(u64),
    /// Several entries for one finding, which could say different things.
    #[error("fingerprint {0} is there more than once")]
    Twice(Fingerprint),
}

/// What a baseline says of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Unknown,
    /// It is known.
    Known,
    /// It was known, and its day has passed.
    Expired(Expired),
}

/// A baseline on a day: what it says of each finding.
#[derive(Debug, Clone, Default)]
pub struct Known {
    entries: BTreeMap<Fingerprint, Entry>,
    today: Option<Date>,
}

impl Known {
    /// What it says of a finding. An entry holds on the day that it names, and not on the next.
    pub fn standing(&self, fingerprint: Fingerprint) -> Standing {
        let Some(entry) = self.entries.get(&fingerprint) else { return Standing::Unknown };
        match entry.expires {
            Some(day) if self.today.is_some_and(|today| day < today) => Standing::Expired(Expired {
                on: day.to_string(),
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
            }),
            _ => Standing::Known,
        }
    }
}

/// What an update did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that were there and stay.
    pub kept: usize,
    /// Findings that were not there.
    pub added: Vec<Entry>,
    /// Entries of which nothing was found any more.
    pub gone: Vec<Entry>,
    /// Of those kept, the ones whose day has passed: they are still raised.
    pub expired: Vec<Entry>,
}

impl Baseline {
    /// A baseline of these findings, all with the same notes. Their paths must be masked (`report::masked`).
    pub fn new(findings: &[Finding], notes: &Notes, fingerprinter: &Fingerprinter) -> Self {
        // Weak values of one place have one fingerprint: they are one entry.
        let entries: BTreeMap<Fingerprint, Entry> =
            findings.iter().rev().map(|finding| (finding.fingerprint, Entry::new(finding, notes))).collect();
        Self {
            version: VERSION,
            fingerprints: fingerprinter.key_id(),
            entries: sorted(entries.into_values().collect()),
        }
    }

    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        // The version first: another one may have other fields.
        let Head { version } = serde_json::from_str(text)?;
        if version != u64::from(VERSION) {
            return Err(Error::Version(version));
        }
        let baseline: Self = serde_json::from_str(text)?;
        let mut seen: Vec<Fingerprint> = baseline.entries.iter().map(|e| e.fingerprint).collect();
        seen.sort_unstable();
        match seen.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::Twice(pair[0])),
            None => Ok(baseline),
        }
    }

    /// Writes it: the same entries give the same bytes.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write_json(self, out)
    }

    /// The entries, sorted by rule, path and fingerprint when they were made by unbake.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether its fingerprints were made under the same key: under another one, nothing in it can match.
    pub fn is_of(&self, fingerprinter: &Fingerprinter) -> bool {
        self.fingerprints == fingerprinter.key_id()
    }

    /// What it says on this day.
    pub fn on(self, today: Date) -> Known {
        let entries = self.entries.into_iter().map(|entry| (entry.fingerprint, entry)).collect();
        Known { entries, today: Some(today) }
    }

    /// The baseline of what `found` has now, and what that changes: what people said of a known finding stays. What
    /// was not found is gone only if the scan was `complete`; else it may stand in what was not read.
    #[must_use]
    pub fn updated(&self, found: Self, complete: bool, today: Date) -> (Self, Changes) {
        let mut changes = Changes::default();
        let mut known: BTreeMap<Fingerprint, &Entry> =
            self.entries.iter().map(|entry| (entry.fingerprint, entry)).collect();
        let mut entries = Vec::new();
        for entry in found.entries {
            match known.remove(&entry.fingerprint) {
                Some(old) => {
                    let entry = Entry { rule: entry.rule, path: entry.path, ..old.clone() };
                    if entry.expires.is_some_and(|day| day < today) {
                        changes.expired.push(entry.clone());
                    }
                    changes.kept += 1;
                    entries.push(entry);
                }
                None => {
                    changes.added.push(entry.clone());
                    entries.push(entry);
                }
            }
        }
        let missed: Vec<Entry> = known.into_values().cloned().collect();
        if complete {
            changes.gone = sorted(missed);
        } else {
            changes.kept += missed.len();
            entries.extend(missed);
        }
        (Self { entries: sorted(entries), ..found }, changes)
    }
}

impl Entry {
    fn new(finding: &Finding, notes: &Notes) -> Self {
        Self {
            rule: finding.rule.clone(),
            path: finding.locations.first().map(|place| place.path.clone()).unwrap_or_default(),
            fingerprint: finding.fingerprint,
            reason: notes.reason.clone(),
            owner: notes.owner.clone(),
            expires: notes.expires,
        }
    }
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| (&a.rule, &a.path, a.fingerprint).cmp(&(&b.rule, &b.path, b.fingerprint)));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fingerprint: u64, expires: Option<&str>) -> Entry {
        let expires = expires.map(|day| day.parse().unwrap());
        Entry {
            rule: "github-pat".to_owned(),
            path: "app/.env".to_owned(),
            fingerprint: Fingerprint(fingerprint),
            reason: Some(format!("reason {fingerprint}")),
            owner: None,
            expires,
        }
    }

    fn baseline(entries: Vec<Entry>) -> Baseline {
        Baseline { version: VERSION, fingerprints: "public".to_owned(), entries }
    }

    fn text(baseline: &Baseline) -> String {
        let mut out = Vec::new();
        baseline.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn numbers(entries: &[Entry]) -> Vec<u64> {
        entries.iter().map(|e| e.fingerprint.0).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = baseline(vec![entry(1, Some("2026-12-31")), entry(2, None)]);
        assert_eq!(Baseline::parse(&text(&written)).unwrap(), written);
    }

    #[test]
    fn an_entry_holds_on_its_day_and_not_on_the_next() {
        let known = baseline(vec![entry(1, Some("2026-12-31")), entry(2, None)]);
        let on = |number, day: &str| known.clone().on(day.parse().unwrap()).standing(Fingerprint(number));
        assert_eq!(on(1, "2026-12-31"), Standing::Known);
        assert!(matches!(on(1, "2027-01-01"), Standing::Expired(e) if e.on == "2026-12-31"));
        assert_eq!(on(2, "9999-12-31"), Standing::Known);
        assert_eq!(on(3, "2026-01-01"), Standing::Unknown);
    }

    #[test]
    fn an_update_keeps_what_people_said() {
        let before = baseline(vec![entry(1, Some("2026-01-01")), entry(2, None)]);
        let moved = Entry { reason: None, path: "srv/.env".to_owned(), ..entry(1, None) };
        let found = baseline(vec![moved, entry(3, None)]);
        let (after, changes) = before.updated(found.clone(), true, "2026-06-01".parse().unwrap());
        assert_eq!(numbers(&after.entries), [3, 1], "sorted by path: what moved has its new one");
        assert_eq!(after.entries[1].reason.as_deref(), Some("reason 1"));
        assert_eq!(after.entries[1].expires, before.entries[0].expires);
        assert_eq!((numbers(&changes.added), numbers(&changes.gone), changes.kept), (vec![3], vec![2], 1));
        assert_eq!(numbers(&changes.expired), [1]);
        let (after, changes) = before.updated(found, false, "2026-06-01".parse().unwrap());
        assert_eq!(numbers(&after.entries), [2, 3, 1], "nothing goes when not everything was read");
        assert_eq!((changes.kept, changes.gone.len()), (2, 0));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let good = text(&baseline(vec![entry(1, Some("2026-12-31"))]));
        let cases = [
            ("not json".to_owned(), "not a baseline"),
            ("{\"version\": 2, \"things\": []}".to_owned(), "version 2"),
            ("{\"findings\": []}".to_owned(), "missing field `version`"),
            (good.replace("2026-12-31", "2026-02-30"), "not a day of the calendar at line 11"),
            (good.replace("0000000000000001", "1"), "16 hexadecimal digits"),
            (good.replace("\"reason\"", "\"raeson\""), "unknown field `raeson`"),
            (text(&baseline(vec![entry(1, None), entry(1, None)])), "more than once"),
        ];
        for (text, why) in cases {
            let error = Baseline::parse(&text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
