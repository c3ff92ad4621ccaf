//! What becomes of a value with all its places: a finding, or a count under what quiets it.

use super::Options;
use crate::advise::{advice, public_advice};
use crate::detect::checksum::{WEAK_PASSWORD, jwt};
use crate::detect::{Engine, judge};
use crate::finding::{Advice, Confidence, Finding, Quieted, Severity, Suppressed, Suppression};
use crate::gate::date::Date;
use crate::place::Location;
use crate::rules::model::{Rule, Shape};
use crate::secret::Secret;

/// A place of a value.
pub(super) struct Place {
    pub(super) target: usize,
    pub(super) confidence: Confidence,
    /// Whether it is in an unmodified file of a public package.
    pub(super) public: bool,
    /// Whether a comment beside it allows the value.
    pub(super) allowed: bool,
    pub(super) location: Location,
}

/// What became of the values.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    /// Targets with a place of a raised finding.
    pub(super) leaking: Vec<usize>,
    pub(super) suppressed: Suppressed,
    /// Values of what is quieted: they are masked wherever else they stand.
    pub(super) unshown: Vec<Secret>,
}

impl Outcome {
    /// Raises a value that has a place which nothing quiets, else counts it under what quiets it.
    pub(super) fn take(
        &mut self,
        engine: &Engine,
        rule: usize,
        secret: Secret,
        places: Vec<Place>,
        options: &Options,
    ) {
        let (allowed, places): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.allowed);
        let (public, raised): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.public);
        let sure = |places: &[Place]| surest(places).filter(|surest| *surest >= options.min_confidence);
        if let Some(confidence) = sure(&raised) {
            let targets: Vec<usize> = raised.iter().map(|place| place.target).collect();
            let mut found = finding(engine, rule, secret.clone(), confidence, raised, options);
            found.quieted.allowed = locations(allowed).len() as u64;
            if options.show_public {
                found.locations.extend(locations(public));
                found.locations.sort();
            }
            match options.quiet.raised(found, &mut self.suppressed) {
                Some(found) => {
                    self.leaking.extend(targets);
                    self.findings.push(found);
                }
                None => self.unshown.push(secret),
            }
        } else if sure(&allowed).is_some() {
            self.suppressed.inline += 1;
            self.unshown.push(secret);
        } else if let Some(confidence) = sure(&public) {
            self.suppressed.package += 1;
            if options.show_public {
                self.findings.push(Finding {
                    suppressed: Some(Suppression::Package),
                    advice: public_advice(),
                    references: Vec::new(),
                    ..finding(engine, rule, secret, confidence, public, options)
                });
            } else {
                self.unshown.push(secret);
            }
        } else {
            self.suppressed.confidence += 1;
        }
    }
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
        options.fingerprinter.of_place(&rule.id, &place(&locations[0]))
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
        advice: with_expiry(advice(rule, &locations), rule, &secret),
        secret,
        locations,
        quieted: Quieted::default(),
        references: rule.references.clone(),
        suppressed: None,
    }
}

/// The advice; of a token that says so, with the day on which it ceases to be valid.
fn with_expiry(mut advice: Advice, rule: &Rule, secret: &Secret) -> Advice {
    let expiry = (rule.checksum.as_deref() == Some("jwt")).then(|| jwt::expiry(secret.reveal())).flatten();
    if let Some(day) = expiry.and_then(Date::at) {
        advice.summary.push_str(&format!(" It says that it is valid until {day}."));
    }
    advice
}

/// What tells a weak value from others of its file: the field, or else its line, in which every value is masked.
/// Not the line's number: what is added above it changes no baseline.
fn place(location: &Location) -> String {
    let within = match &location.document {
        Some(document) => format!("{} {}: {}", document.kind, document.name, document.field),
        None => location.excerpt.clone(),
    };
    format!("{}\n{within}", location.path)
}

/// Whether a guess would have opened the door as well: `postgres`, `admin`. Told of passwords only, not of tokens that a
/// provider made.
fn is_weak_password(rule: &Rule, secret: &Secret) -> bool {
    let is_password = rule.shape == Shape::Assignment || rule.checksum.as_deref() == Some(WEAK_PASSWORD);
    is_password && judge::is_weak(&String::from_utf8_lossy(secret.reveal()))
}

/// Weak enough that a fingerprint of the value would confirm a guess: fewer than 12 characters.
fn guessable(secret: &Secret) -> bool {
    secret.len() < 12
}
