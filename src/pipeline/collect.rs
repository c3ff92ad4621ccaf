//! From candidates to findings: one secret value under one rule is one finding with all its places.

use std::collections::BTreeMap;

use super::image::Resolved;
use super::ownership::{Ownership, owner};
use super::scanners::{Hit, Scanned};
use super::{Options, Read};
use crate::advise::{advice, public_advice};
use crate::detect::{Candidate, Engine, Scanner, Text};
use crate::finding::{Confidence, Coverage, Finding, Report, Suppressed, Suppression, Target, Verdict};
use crate::packages::Provenance;
use crate::place::{Document, Location};
use crate::secret::Secret;

/// A place of a value.
struct Place {
    target: usize,
    confidence: Confidence,
    /// Whether it is in an unmodified file of a public package.
    public: bool,
    location: Location,
}

/// All places of a value under a rule.
type Grouped = BTreeMap<(usize, Secret), Vec<Place>>;

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
    let (inventories, hits): (Vec<_>, Vec<_>) = scanned.into_iter().map(|s| (s.inventory, s.hits)).unzip();
    let provenance = Provenance::new(inventories);
    for hit in hits.into_iter().flatten() {
        let target = hit.origin.target;
        let Ownership { confidence, public, package } = owner(engine, &provenance, &hit);
        for location in locate(&hit, images.get(&target).copied()) {
            let location = Location { package: package.clone(), ..location };
            add(&mut grouped, &hit.candidate, Place { target, confidence, public, location });
        }
    }
    for (target, resolved) in &images {
        scan_texts(engine, resolved, |candidate, location| {
            let confidence = candidate.confidence;
            add(&mut grouped, candidate, Place { target: *target, confidence, public: false, location });
        });
    }
    let mut suppressed = Suppressed::default();
    let mut leaking = Vec::new();
    let mut findings = Vec::new();
    for ((rule, secret), mut places) in grouped {
        drop_copies(&mut places, &images);
        let (public, raised): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.public);
        let sure = |places: &[Place]| surest(places).filter(|surest| *surest >= options.min_confidence);
        if let Some(confidence) = sure(&raised) {
            leaking.extend(raised.iter().map(|place| place.target));
            let mut finding = finding(engine, rule, secret, confidence, raised, options);
            if options.show_public {
                finding.locations.extend(locations(public));
                finding.locations.sort();
            }
            findings.push(finding);
        } else if let Some(confidence) = sure(&public) {
            suppressed.package += 1;
            if options.show_public {
                let finding = finding(engine, rule, secret, confidence, public, options);
                findings.push(Finding {
                    suppressed: Some(Suppression::Package),
                    advice: public_advice(),
                    references: Vec::new(),
                    ..finding
                });
            }
        } else {
            suppressed.confidence += 1;
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
    Report { ruleset: engine.ruleset().to_owned(), targets, findings, suppressed, coverage }
}

fn add(grouped: &mut Grouped, candidate: &Candidate, place: Place) {
    grouped.entry((candidate.rule, candidate.secret.clone())).or_default().push(place);
}

fn surest(places: &[Place]) -> Option<Confidence> {
    places.iter().map(|place| place.confidence).max()
}

/// In order, and each once.
fn locations(places: Vec<Place>) -> Vec<Location> {
    let mut locations: Vec<Location> = places.into_iter().map(|place| place.location).collect();
    locations.sort();
    locations.dedup();
    locations
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

fn finding(
    engine: &Engine,
    number: usize,
    secret: Secret,
    confidence: Confidence,
    places: Vec<Place>,
    options: &Options,
) -> Finding {
    let rule = engine.rule(number);
    let locations = locations(places);
    let fingerprint = if guessable(&secret) {
        options.fingerprinter.of_place(&rule.id, &locations[0].path)
    } else {
        options.fingerprinter.of_value(&rule.id, &secret)
    };
    Finding {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        confidence,
        fingerprint,
        secret,
        advice: advice(rule, &locations),
        locations,
        references: rule.references.clone(),
        suppressed: None,
    }
}

/// Weak enough that a fingerprint of the value would confirm a guess: fewer than 12 characters.
fn guessable(secret: &Secret) -> bool {
    secret.len() < 12
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
