//! Tells what a hook found, and decides.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use super::Exit;
use crate::finding::Severity;
use crate::pipeline::Objects;
use crate::report::Options;
use crate::report::outgoing::{self, Commit, Outgoing};
use crate::source::git::{Error, Git};

/// Width where nothing tells it.
const WIDTH: usize = 100;

/// The hook's own words.
pub(super) struct Hook {
    /// What it does when it refuses.
    pub(super) stops: &'static str,
    /// What happens when it does not.
    pub(super) goes_on: &'static str,
    /// What would become of what was found.
    pub(super) sends: String,
}

/// Writes to standard error what was found and what `advice` has to say of it, if there is anything. What can't be read
/// comes before what was found, as everywhere.
pub(super) fn tell(
    git: &Git,
    objects: &Objects,
    hook: &Hook,
    threshold: Severity,
    advice: impl FnOnce(&BTreeMap<String, Commit>) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<Exit> {
    let report = &objects.report;
    let exit = if report.coverage.is_incomplete() {
        Exit::Incomplete
    } else if report.leaks_at(threshold) {
        Exit::Leaks
    } else {
        Exit::Clean
    };
    if exit == Exit::Clean && report.raised().next().is_none() {
        return Ok(exit);
    }
    let commits = commits(git, objects)?;
    let advice = if report.raised().next().is_some() { advice(&commits)? } else { Vec::new() };
    let outcome = match exit {
        Exit::Clean => format!("None of it is of severity {threshold} or above: {}.", hook.goes_on),
        Exit::Incomplete => format!("{}: not all of it could be read.", hook.stops),
        _ => format!("{}.", hook.stops),
    };
    let told = Outgoing { sends: &hook.sends, commits: &commits, advice: &advice, outcome: &outcome };
    let err = io::stderr();
    let color = anstream::AutoStream::choice(&err) != anstream::ColorChoice::Never;
    let width = terminal_size::terminal_size_of(&err).map_or(WIDTH, |(width, _)| usize::from(width.0));
    let mut out = BufWriter::new(err.lock());
    let options = Options { color, width, ..Options::default() };
    // Nobody is left to be told when standard error is gone.
    let _ = outgoing::write(report, &told, &options, &mut out).and_then(|()| out.flush());
    Ok(exit)
}

/// The commits that findings stand in: what they are called, and whether they have a parent.
fn commits(git: &Git, objects: &Objects) -> Result<BTreeMap<String, Commit>, Error> {
    let places = objects.report.raised().flat_map(|finding| &finding.locations);
    let named: BTreeSet<&str> = places.filter_map(|place| place.commit.as_deref()).collect();
    let order = objects.listing.commits.iter().enumerate();
    let wanted: Vec<(usize, &str)> =
        order.map(|(at, id)| (at, id.as_str())).filter(|(_, id)| named.contains(id)).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let input: String = wanted.iter().map(|(_, id)| format!("{id}\n")).collect();
    let arguments = [
        "log",
        "--stdin",
        "--no-walk=unsorted",
        "-z",
        "-s",
        "--no-show-signature",
        "--format=%H%n%h%n%P%n%s",
    ];
    let output = git.ask(&arguments, input.into_bytes())?.wait()?;
    let order: BTreeMap<&str, usize> = wanted.iter().map(|(at, id)| (*id, *at)).collect();
    let entries = output.split(|b| *b == 0).filter_map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let mut lines = entry.splitn(4, '\n');
        let id = lines.next()?.to_owned();
        let (short, parents) = (lines.next()?.to_owned(), lines.next()?);
        let is_root = parents.is_empty();
        let subject = lines.next().unwrap_or_default().to_owned();
        Some((id.clone(), Commit { order: *order.get(id.as_str())?, short, subject, is_root }))
    });
    Ok(entries.collect())
}
