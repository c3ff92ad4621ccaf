//! From candidates to findings: one secret value under one rule is one finding with all its places.

use std::collections::BTreeMap;

use super::image::Resolved;
use super::merge::one_rule_a_value;
use super::outcome::{Outcome, Place};
use super::ownership::{Ownership, owner};
use super::scanners::{Hit, Scanned};
use super::{Options, Read, repository};
use crate::advise::join::Variables;
use crate::detect::{Candidate, Engine, Scanner, Text};
use crate::finding::{Coverage, Report, Target, Verdict};
use crate::packages::Provenance;
use crate::place::{Document, Location};
use crate::secret::Secret;
use crate::source::git::Listing;

/// All places of a value under a rule.
pub(super) type Grouped = BTreeMap<Key, Vec<Place>>;

/// A value under a rule.
pub(super) type Key = (usize, Secret);

/// Makes the report of what was read and found.
pub(super) fn report(
    engine: &Engine,
    reads: &[(String, usize, Read)],
    scanned: Vec<Scanned>,
    options: &Options,
) -> Report {
    let images: BTreeMap<usize, &Resolved> =
        reads.iter().filter_map(|(_, number, read)| Some((*number, read.image.as_ref()?))).collect();
    let mut grouped = Grouped::new();
    let (mut inventories, mut hits, mut variables) = (Vec::new(), Vec::new(), Vec::new());
    for scanned in scanned {
        inventories.push(scanned.inventory);
        hits.push(scanned.hits);
        variables.extend(scanned.variables);
    }
    let provenance = Provenance::new(inventories);
    let gits: BTreeMap<usize, &Listing> =
        reads.iter().filter_map(|(_, number, read)| Some((*number, read.git.as_ref()?))).collect();
    let mut hits: Vec<Hit> = hits.into_iter().flatten().collect();
    if !gits.is_empty() {
        // Scanners take pieces as they come; of a repository, the oldest commit counts.
        hits.sort_by_key(|hit| hit.object);
    }
    for hit in hits {
        let target = hit.origin.target;
        let Ownership { confidence, public, package } = owner(engine, &provenance, &hit);
        for location in locate(&hit, images.get(&target).copied()) {
            let location = Location { package: package.clone(), ..location };
            let allowed = hit.candidate.allowed;
            let place = Place { target, confidence, public, allowed, location };
            match gits.get(&target) {
                None => add(&mut grouped, &hit.candidate, place),
                Some(listing) => {
                    let commit = repository::holder(listing, hit.object);
                    let place = Place { location: Location { commit, ..place.location }, ..place };
                    let key = (hit.candidate.rule, hit.candidate.secret.clone());
                    repository::add_oldest(&mut grouped, key, place);
                }
            }
        }
    }
    for (target, resolved) in &images {
        scan_texts(engine, resolved, |candidate, location| {
            let (confidence, allowed) = (candidate.confidence, candidate.allowed);
            let place = Place { target: *target, confidence, public: false, allowed, location };
            add(&mut grouped, candidate, place);
        });
    }
    let mut outcome = Outcome::default();
    for ((rule, secret), mut places) in one_rule_a_value(engine, grouped) {
        drop_copies(&mut places, &images);
        outcome.take(engine, rule, secret, places, options);
    }
    let Outcome { mut findings, leaking, suppressed, unshown } = outcome;
    if !images.is_empty() {
        let variables = Variables::new(variables);
        for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
            finding.advice.steps.extend(variables.steps(&finding.locations));
        }
    }
    findings.sort_by(|a, b| {
        (b.severity, &a.rule, &a.locations, a.fingerprint).cmp(&(
            a.severity,
            &b.rule,
            &b.locations,
            b.fingerprint,
        ))
    });
    let mut coverage = Coverage::default();
    coverage.skipped.extend(reads.iter().flat_map(|(.., read)| read.skipped.iter().cloned()));
    coverage.skipped.sort();
    coverage.skipped.dedup();
    let targets =
        reads.iter().map(|(name, number, read)| target(name, read, leaking.contains(number))).collect();
    Report {
        ruleset: engine.ruleset().to_owned(),
        disabled: options.quiet.disabled.iter().cloned().collect(),
        targets,
        findings,
        suppressed,
        unshown,
        fixes: BTreeMap::new(),
        coverage,
    }
}

fn add(grouped: &mut Grouped, candidate: &Candidate, place: Place) {
    grouped.entry((candidate.rule, candidate.secret.clone())).or_default().push(place);
}

/// Takes out places in blobs that belong to no image where the image itself holds the value: old engines store
/// copies of the configuration beside it, one of them a layer.
fn drop_copies(places: &mut Vec<Place>, images: &BTreeMap<usize, &Resolved>) {
    let of_an_image: Vec<usize> =
        places.iter().filter(|p| p.location.image.is_some()).map(|p| p.target).collect();
    places.retain(|Place { target, location, .. }| {
        location.image.is_some() || !images.contains_key(target) || !of_an_image.contains(target)
    });
}

/// The places of a hit: more than one when its layer belongs to several images.
fn locate(hit: &Hit, image: Option<&Resolved>) -> Vec<Location> {
    let file = |path: &str| {
        let mut location = Location::new(path);
        location.region = Some(hit.candidate.region);
        location.document.clone_from(&hit.document);
        location.excerpt.clone_from(&hit.candidate.excerpt);
        location
    };
    let Some(blob) = &hit.origin.layer else { return vec![file(&hit.path)] };
    let places = image.map(|image| image.places(blob, &hit.path)).unwrap_or_default();
    if places.is_empty() {
        // A tar that is a layer of no image.
        return vec![file(&format!("{blob}!{}", hit.path))];
    }
    places
        .into_iter()
        .map(|(image, layer)| Location { image: Some(image), layer: Some(layer), ..file(&hit.path) })
        .collect()
}

/// Scans what is no file: configuration, history, attestations, annotations.
fn scan_texts(engine: &Engine, resolved: &Resolved, mut found: impl FnMut(&Candidate, Location)) {
    let mut scanner = Scanner::new(engine);
    for (image, text) in &resolved.texts {
        for candidate in scanner.scan(&Text::whole(text.text.as_bytes())) {
            let mut location = Location::new(&text.path);
            location.image = Some(image.clone());
            location.excerpt.clone_from(&candidate.excerpt);
            location.document = text.argument.as_ref().map(|name| Document {
                index: 0,
                kind: "build-arg".to_owned(),
                name: name.clone(),
                field: text.path.clone(),
            });
            found(&candidate, location);
        }
    }
}

fn target(name: &str, read: &Read, leaks: bool) -> Target {
    let images = read.image.as_ref().map(|resolved| &resolved.images);
    let mut platforms: Vec<String> =
        images.into_iter().flat_map(|i| i.images.iter().map(|image| image.platform.clone())).collect();
    platforms.sort();
    platforms.dedup();
    let incomplete = read.skipped.iter().any(|s| s.kind == crate::finding::SkipKind::Unread);
    let verdict = match (leaks, incomplete) {
        (true, _) => Verdict::Leak,
        (false, true) => Verdict::Unscannable,
        (false, false) => Verdict::Clean,
    };
    let digest = images.and_then(|i| i.digest.clone());
    Target { target: name.to_owned(), kind: read.kind, digest, platforms, verdict }
}
