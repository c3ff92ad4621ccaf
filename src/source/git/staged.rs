//! What is staged: the blobs that the next commit adds or changes.

use std::collections::HashSet;

use super::listing::{add_blob, is_file, until_nul};
use super::{Error, Git, Id, Listing, Object};
use crate::source::exclusions::Exclusions;

/// Lists the blobs of the index that differ from the last commit; in a repository without commits, all of them.
pub fn staged(git: &Git, excluded: &Exclusions) -> Result<Listing, Error> {
    let wrong = || Error::Answer("diff --cached");
    let arguments =
        ["diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let output = git.ask(&arguments, Vec::new())?.wait()?;
    let mut output = output.as_slice();
    let (mut listing, mut seen, mut token) = (Listing::default(), HashSet::new(), Vec::new());
    while until_nul(&mut output, &mut token)? {
        // `:MODE MODE ID ID STATUS`, the second of each what is staged.
        let fields: Vec<&[u8]> = token.split(|b| *b == b' ').collect();
        let (Some(&mode), Some(&id)) = (fields.get(1), fields.get(3)) else { return Err(wrong()) };
        let (is_file, id) = (is_file(mode), Id::parse(id).ok_or_else(wrong)?);
        if !until_nul(&mut output, &mut token)? {
            return Err(wrong());
        }
        if is_file && !id.is_zero() {
            add_blob(Object::blob(id, &token, None), &token, excluded, &mut seen, &mut listing);
        }
    }
    Ok(listing)
}
