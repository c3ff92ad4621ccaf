//! Commits of a git repository.

use super::collect::{Grouped, Key};
use super::outcome::Place;
use super::{Options, Read};
use crate::finding::{SkipKind, Skipped, TargetKind};
use crate::place::Location;
use crate::source::feeder::Queue;
use crate::source::git::{self, Git, Listing, Selection};

/// All that the selection holds.
pub(super) fn read(
    git: &Git,
    selection: Selection,
    target: &str,
    number: usize,
    queue: &Queue,
    options: &Options,
) -> Read {
    match git::list(git, selection, &options.excluded) {
        Ok(listing) => {
            let all = (0..listing.objects.len() as u32).collect();
            read_objects(git, listing, all, number, queue, options)
        }
        Err(e) => {
            let skipped =
                Skipped { path: target.to_owned(), reason: e.to_string(), bytes: 0, kind: SkipKind::Unread };
            Read {
                kind: TargetKind::Repository,
                image: None,
                git: Some(Listing::default()),
                skipped: vec![skipped],
                images: Vec::new(),
            }
        }
    }
}

/// The objects of these numbers.
pub(super) fn read_objects(
    git: &Git,
    mut listing: Listing,
    numbers: Vec<u32>,
    number: usize,
    queue: &Queue,
    options: &Options,
) -> Read {
    git::read(git, &mut listing, numbers, number, queue, options.workers);
    let skipped = listing.skipped.clone();
    Read { kind: TargetKind::Repository, image: None, git: Some(listing), skipped, images: Vec::new() }
}

/// The commit that brings an object, or the tag itself.
pub(super) fn holder(listing: &Listing, object: Option<u32>) -> Option<String> {
    let object = listing.objects.get(object? as usize)?;
    object.commit.as_ref().map(ToString::to_string)
}

/// Adds a place, unless an older commit has the value on the same line of the same file: the later versions of a file
/// have what was put into it once. Places come the oldest first.
pub(super) fn add_oldest(grouped: &mut Grouped, key: Key, place: Place) {
    let places = grouped.entry(key).or_default();
    let is_same = |other: &Place| {
        let (one, two): (&Location, &Location) = (&other.location, &place.location);
        other.target == place.target
            && other.allowed == place.allowed
            && (&one.path, &one.document, &one.excerpt) == (&two.path, &two.document, &two.excerpt)
    };
    match places.iter_mut().find(|other| is_same(other)) {
        Some(older) => older.confidence = older.confidence.max(place.confidence),
        None => places.push(place),
    }
}
