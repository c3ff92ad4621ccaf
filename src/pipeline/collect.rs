//! From candidates to findings: one secret value under one rule is one finding with all its places.

use std::collections::BTreeMap;

use super::image::Resolved;
use super::scanners::Hit;
use super::{Options, Read};
use crate::advise::advice;
use crate::detect::{Candidate, Engine, Scanner, Text, judge};
use crate::finding::{Confidence, Coverage, Finding, Report, Severity, Suppressed, Target, Verdict};
use crate::place::{Document, Location};
use crate::rules::model::{Rule, Shape};
use crate::secret::Secret;

/// All places of a value under a rule, and how sure the surest is.
type Grouped = BTreeMap<(usize, Secret), (Confidence, Vec<(usize, Location)>)>;

/// Makes the report of what was read and found.
pub(super) fn report(
    engine: &Engine,
    reads: &[(String, usize, Read)],
    hits: Vec<Hit>,
    options: &Options,
) -> Report {
    let images: BTreeMap<usize, &Resolved> =
        reads.iter().filter_map(|(_, number, read)| Some((*number, read.image.as_ref()?))).collect();
    let mut grouped = Grouped::new();
    for hit in hits {
        let target = hit.origin.target;
        for location in locate(&hit, images.get(&target).copied()) {
            add(&mut grouped, target, &hit.candidate, location);
        }
    }
    for (target, resolved) in &images {
        scan_texts(engine, resolved, |candidate, location| add(&mut grouped, *target, candidate, location));
    }
    let mut suppressed = Suppressed::default();
    let mut leaking = Vec::new();
    let mut findings = Vec::new();
    for ((rule, secret), (confidence, mut places)) in grouped {
        drop_copies(&mut places, &images);
        if confidence < options.min_confidence {
            suppressed.confidence += 1;
            continue;
        }
        leaking.extend(places.iter().map(|(target, _)| *target));
        findings.push(finding(engine, rule, secret, confidence, places, options));
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

fn add(grouped: &mut Grouped, target: usize, candidate: &Candidate, location: Location) {
    let entry = grouped
        .entry((candidate.rule, candidate.secret.clone()))
        .or_insert_with(|| (candidate.confidence, Vec::new()));
    entry.0 = entry.0.max(candidate.confidence);
    entry.1.push((target, location));
}

/// Takes out places in blobs that belong to no image where the image itself holds the value: old engines store
/// copies of the configuration beside it, one of them a layer.
fn drop_copies(places: &mut Vec<(usize, Location)>, images: &BTreeMap<usize, &Resolved>) {
    let of_an_image: Vec<usize> = places.iter().filter(|(_, l)| l.image.is_some()).map(|(t, _)| *t).collect();
    places.retain(|(target, location)| {
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
    places: Vec<(usize, Location)>,
    options: &Options,
) -> Finding {
    let rule = engine.rule(number);
    let mut locations: Vec<Location> = places.into_iter().map(|(_, location)| location).collect();
    locations.sort();
    locations.dedup();
    let fingerprint = if guessable(&secret) {
        options.fingerprinter.of_place(&rule.id, &locations[0].path)
    } else {
        options.fingerprinter.of_value(&rule.id, &secret)
    };
    let severity = if is_weak_password(rule, &secret) { Severity::Low } else { rule.severity };
    Finding {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity,
        confidence,
        fingerprint,
        secret,
        advice: advice(rule, &locations),
        locations,
        references: rule.references.clone(),
    }
}

/// Whether a guess would have opened the door as well: `postgres`, `admin`. Told of passwords only, not of tokens that a
/// provider made.
fn is_weak_password(rule: &Rule, secret: &Secret) -> bool {
    let is_password = rule.shape == Shape::Assignment || rule.checksum.as_deref() == Some("weak-password");
    is_password && judge::is_weak(&String::from_utf8_lossy(secret.reveal()))
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
