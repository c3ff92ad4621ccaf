//! One finding: what it is, where it stands, what to do.

use std::collections::BTreeMap;
use std::io;

use crate::finding::{Advice, Expired, Finding, Quieted};
use crate::place::{Document, ImageId, Location};
use crate::report::page::{BOLD, CYAN, DIM, PLAIN, Page, YELLOW};
use crate::report::words::{beside_the_files, count, short_digest, state, suppression};
use crate::secret::Secret;

/// More places than this are counted, not shown: what to do is the same for all of them.
const PLACES_SHOWN: usize = 5;

/// How findings are shown.
#[derive(Clone, Copy)]
pub(super) struct Show {
    /// With their values.
    pub(super) reveal: bool,
    /// With the image of each place, since there are several.
    pub(super) name_images: bool,
}

pub(super) fn write(page: &mut Page<'_>, finding: &Finding, show: Show) -> io::Result<()> {
    page.line(2, PLAIN.effects(BOLD), &finding.title)?;
    let length = count(finding.secret.len() as u64, "byte", "bytes");
    let redacted = finding.secret.redacted();
    page.line(4, PLAIN, &format!("{redacted} ({length}), confidence {}", finding.confidence))?;
    page.line(4, DIM, &format!("rule {}, fingerprint {}", finding.rule, finding.fingerprint))?;
    if let Some(why) = finding.suppressed {
        page.prose(4, PLAIN, "", suppression(why))?;
    }
    if show.reveal {
        value(page, &finding.secret)?;
    }
    page.blank()?;
    let places = by_place(&finding.locations);
    for (location, images) in places.iter().take(PLACES_SHOWN) {
        place(page, location, &redacted)?;
        // A file may be named as an image's configuration is; only in an image can it be that.
        let words =
            beside_the_files(&location.path).filter(|_| !images.is_empty() && location.layer.is_none());
        page.prose(6, DIM, "", words.unwrap_or_default())?;
        for image in images.iter().filter(|_| show.name_images) {
            page.line(6, DIM, &format!("image {} {}", short_digest(&image.digest), image.platform))?;
        }
        page.blank()?;
    }
    let folded = places.len().saturating_sub(PLACES_SHOWN);
    if folded > 0 {
        let places = count(folded as u64, "more place", "more places");
        page.line(4, DIM, &format!("and {places} (JSON and SARIF have them all)"))?;
        page.blank()?;
    }
    quieted(page, &finding.quieted)?;
    advice(page, &finding.advice, &finding.references)
}

/// What was said to quiet it, and why it is raised all the same.
fn quieted(page: &mut Page<'_>, quieted: &Quieted) -> io::Result<()> {
    if quieted.allowed > 0 {
        let places = count(quieted.allowed, "more place", "more places");
        page.line(4, DIM, &format!("and {places}, allowed by a comment there"))?;
        page.blank()?;
    }
    if let Some(Expired { on, reason, owner }) = &quieted.expired {
        let reason = reason.as_ref().map(|reason| format!(": {reason}"));
        let owner = owner.as_ref().map(|owner| format!(" ({owner})"));
        let words = [reason, owner].into_iter().flatten().collect::<String>();
        page.prose(4, YELLOW, "", &format!("Its entry in the baseline expired after {on}{words}"))?;
        page.blank()?;
    }
    Ok(())
}

/// The places, each with the images that have it. The platforms of one image mostly share what was copied into
/// it: the same line of the same file, in layers that differ by their digests at most.
fn by_place(locations: &[Location]) -> BTreeMap<Location, Vec<&ImageId>> {
    let mut places: BTreeMap<Location, Vec<&ImageId>> = BTreeMap::new();
    for location in locations {
        let mut place = Location { image: None, ..location.clone() };
        if let Some(layer) = &mut place.layer {
            (layer.digest, layer.diff_id) = (String::new(), String::new());
        }
        places.entry(place).or_default().extend(&location.image);
    }
    places
}

fn value(page: &mut Page<'_>, secret: &Secret) -> io::Result<()> {
    page.line(4, PLAIN, "value:")?;
    for line in String::from_utf8_lossy(secret.reveal()).lines() {
        page.line(6, PLAIN, line)?;
    }
    Ok(())
}

fn place(page: &mut Page<'_>, location: &Location, redacted: &str) -> io::Result<()> {
    let position = location.region.map(|r| format!(":{}:{}", r.start.line, r.start.column));
    page.line(4, CYAN, &format!("{}{}", location.path, position.unwrap_or_default()))?;
    if !location.excerpt.is_empty() {
        page.window(6, PLAIN, &location.excerpt, redacted)?;
    }
    if let Some(document) = &location.document {
        page.line(6, DIM, &field(document))?;
    }
    if let Some(layer) = &location.layer {
        page.line(6, PLAIN, &format!("layer {}, {}", layer.index, state(layer.state)))?;
        if !layer.created_by.is_empty() {
            page.cut(6, DIM, &format!("made by: {}", layer.created_by))?;
        }
    }
    if let Some(package) = &location.package {
        page.line(6, DIM, &format!("package {package}"))?;
    }
    if let Some(commit) = &location.commit {
        page.line(6, DIM, &format!("commit {commit}"))?;
    }
    Ok(())
}

/// `Deployment api: spec.template…`, with what the document has of it.
fn field(document: &Document) -> String {
    let object = [document.kind.as_str(), &document.name];
    let object = object.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match (object.as_str(), document.field.as_str()) {
        ("", field) => field.to_owned(),
        (object, "") => object.to_owned(),
        (object, field) => format!("{object}: {field}"),
    }
}

fn advice(page: &mut Page<'_>, advice: &Advice, references: &[String]) -> io::Result<()> {
    page.prose(4, PLAIN, "→ ", &advice.summary)?;
    for (i, step) in advice.steps.iter().enumerate() {
        page.prose(6, PLAIN, &format!("{}. ", i + 1), step)?;
    }
    for reference in references {
        page.line(6, DIM, &format!("see {reference}"))?;
    }
    page.blank()
}
