//! `unbake hook pre-commit`: scans what is staged.

use super::outgoing::{self, Hook};
use super::{Exit, advice, check, complain, setup, skip};
use crate::cli::HookScan;
use crate::source::git::{Git, staged};

pub(super) fn run(arguments: &HookScan) -> anyhow::Result<Exit> {
    let git = Git::here();
    if skip::is_asked() {
        skip::leave_trace(&git, "pre-commit", "what is staged");
        return Ok(Exit::Clean);
    }
    let common = git.ask_common()?;
    let setup = setup(arguments)?;
    let common = git.common_of(common)?;
    let known = (!arguments.no_cache).then(|| check::known(&common, &setup));
    let listing = match staged(&git, &setup.options.excluded) {
        Ok(listing) => listing,
        Err(e) => {
            complain(&format!("what is staged could not be listed, so the commit is refused: {e}"));
            return Ok(Exit::Incomplete);
        }
    };
    let checked = check::check(&setup, &git, known.as_ref(), listing);
    let threshold = check::threshold(&setup, arguments.fail_on);
    let hook = Hook {
        stops: "The commit is refused",
        goes_on: "the commit goes on",
        sends: "would be committed".to_owned(),
    };
    outgoing::tell(&git, &checked.objects, &hook, threshold, |_| {
        Ok(advice::of_commit(&checked.objects.report))
    })
}
