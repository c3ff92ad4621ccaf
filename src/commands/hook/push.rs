//! `unbake hook pre-push`: scans the objects that a push sends, but those that the remote is known to have.

use super::advice::{self, Rewrite};
use super::outgoing::{self, Hook};
use super::protocol::Push;
use super::{Exit, check, complain, setup, skip};
use crate::cli::PrePush;
use crate::source::git::{self, Git, Id, Known, Selection, Tracked};

pub(super) fn run(arguments: &PrePush) -> anyhow::Result<Exit> {
    let git = Git::here();
    let push = Push::read(&git, arguments.remote.as_deref(), arguments.url.as_deref())?;
    if push.sent().next().is_none() {
        return Ok(Exit::Clean);
    }
    if skip::is_asked() {
        skip::leave_trace(&git, "pre-push", &words(&push));
        return Ok(Exit::Clean);
    }
    let by_url = push.remote == push.url || push.remote.contains(['/', ':']);
    let tracked = Tracked::ask(&git, by_url)?;
    // While the rules are made ready, git answers.
    let common = git.ask_common()?;
    let setup = setup(&arguments.scan)?;
    let common = git.common_of(common)?;
    let known = (!arguments.scan.no_cache).then(|| check::known(&common, &setup));
    let selection = selection(&push, tracked)?;
    let range = known.as_ref().map(|known| range_key(known, &selection));
    if let (Some(known), Some(range)) = (&known, range)
        && !known.of(&[range].into()).is_empty()
    {
        return Ok(Exit::Clean);
    }
    let listing = match git::list(&git, selection, &setup.options.excluded) {
        Ok(listing) => listing,
        Err(e) => {
            complain(&format!("what would be pushed could not be listed, so the push is refused: {e}"));
            return Ok(Exit::Incomplete);
        }
    };
    let checked = check::check(&setup, &git, known.as_ref(), listing);
    if let (true, Some(known), Some(range)) = (checked.all_clean, &known, range) {
        let _ = known.add(&[range]);
    }
    let threshold = check::threshold(&setup, arguments.scan.fail_on);
    let hook = Hook {
        stops: "The push is refused",
        goes_on: "the push goes on",
        sends: format!("would leave with this push to {}", shown(&push)),
    };
    outgoing::tell(&git, &checked.objects, &hook, threshold, |commits| {
        advice::of_push(&git, &push, &Rewrite::of(&checked.objects, commits))
    })
}

/// The tips of what is sent, and what the remote has: what its references are told to be, and what this repository
/// notes of it. Of a remote that is none of the repository's, nothing is known.
fn selection(push: &Push, tracked: Tracked) -> anyhow::Result<Selection> {
    let tips: Vec<Id> = push.sent().map(|update| update.local.clone()).collect();
    let told = push.updates.iter().filter_map(|update| update.remote.clone()).filter(|id| !id.is_zero());
    let mut hidden: Vec<Id> = told.collect();
    match tracked.of(&push.remote, &push.url)? {
        Some(has) => hidden.extend(has),
        None => complain(&format!(
            "{} is none of this repository's remotes, so all that leads to what is pushed is read; `git remote add` \
             makes it known",
            shown(push)
        )),
    }
    hidden.sort();
    hidden.dedup();
    Ok(Selection { tips, hidden })
}

/// Stands for all objects of a selection.
fn range_key(known: &Known, selection: &Selection) -> git::Key {
    let mut tips: Vec<&str> = selection.tips.iter().map(Id::as_str).collect();
    tips.sort_unstable();
    let mut words = vec!["range"];
    words.extend(tips);
    words.push("not");
    words.extend(selection.hidden.iter().map(Id::as_str));
    known.key(&words)
}

/// The remote, without the login that a URL may have.
fn shown(push: &Push) -> String {
    let name = if push.remote.is_empty() { &push.url } else { &push.remote };
    if name.is_empty() {
        return "a remote that was not told".to_owned();
    }
    match name.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?))) {
        Some((scheme, (login, rest))) if !login.contains('/') => format!("{scheme}://{rest}"),
        _ => name.clone(),
    }
}

/// The references, for the log.
fn words(push: &Push) -> String {
    let refs: Vec<String> = push
        .sent()
        .map(|update| format!("{} {} to {}", update.local_ref, update.local.short(), update.remote_ref))
        .collect();
    format!("{}, to {}", refs.join(", "), shown(push))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_in_a_url_is_not_shown() {
        let push = |url: &str| Push { remote: url.to_owned(), url: url.to_owned(), updates: vec![] };
        assert_eq!(
            shown(&push("https://me:invented@unbake.example/a@b.git")),
            "https://unbake.example/a@b.git"
        );
        assert_eq!(shown(&push("https://unbake.example/a@b.git")), "https://unbake.example/a@b.git");
        assert_eq!(shown(&push("git@unbake.example:a.git")), "git@unbake.example:a.git");
    }
}
