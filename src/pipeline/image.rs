//! Images: their layers are read in parallel, their documents after that.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Options, Read};
use crate::archive::links::Links;
use crate::archive::walk::{Visit, walk};
use crate::finding::{SkipKind, Skipped, TargetKind};
use crate::oci::attestation;
use crate::oci::config::{self, Text};
use crate::oci::images::{self, Images};
use crate::oci::overlay::{LayerPaths, state};
use crate::oci::store::{Listing, Store, document};
use crate::place::{ImageId, Layer};
use crate::source::feeder::{Feeder, Origin, Queue};
use crate::source::hashing::Hashing;
use crate::source::{layer, stream};

/// An image with everything that a place in it needs.
pub(crate) struct Resolved {
    pub(crate) images: Images,
    layers: HashMap<String, LayerPaths>,
    /// Texts that are no files, with the image that they belong to.
    pub(crate) texts: Vec<(ImageId, Text)>,
}

impl Resolved {
    /// Every place of a file that a blob has at `path`: the blob can be a layer of several images, and stand in
    /// one of them twice.
    pub(crate) fn places(&self, blob: &str, path: &str) -> Vec<(ImageId, Layer)> {
        let file = path.split(['!', '#']).next().unwrap_or(path);
        let mut places = Vec::new();
        for image in &self.images.images {
            for (index, layer) in image.layers.iter().enumerate().filter(|(_, l)| l.path == blob) {
                let above = image.layers[index + 1..].iter().filter_map(|l| self.layers.get(&l.path));
                let id = ImageId { digest: image.digest.clone(), platform: image.platform.clone() };
                places.push((
                    id,
                    Layer {
                        index,
                        digest: layer.digest.clone(),
                        diff_id: layer.diff_id.clone(),
                        created_by: layer.created_by.clone(),
                        state: state(file.as_bytes(), above),
                    },
                ));
            }
        }
        places
    }
}

/// Reads an image whose blobs can be opened in any order.
pub(super) fn read(
    store: &dyn Store,
    target: &str,
    reference: Option<&str>,
    damage: Option<String>,
    number: usize,
    queue: &Queue,
    options: &Options,
) -> Read {
    let images = images::read(store, reference, &options.platforms);
    let mut skipped: Vec<Skipped> = damage.map(|reason| unread(target, reason)).into_iter().collect();
    let mut blobs: Vec<&str> =
        images.images.iter().flat_map(|i| i.layers.iter().map(|l| l.path.as_str())).collect();
    blobs.sort_unstable();
    blobs.dedup();
    // The largest first: a long layer that begins last is read alone.
    blobs.sort_by_key(|path| std::cmp::Reverse(store.size(path)));
    blobs.retain(|path| store.size(path).is_some() && !images.encrypted.contains(*path));
    queue.tally().layers.fetch_add(blobs.len() as u64, Ordering::Relaxed);
    let (layers, unread_blobs) = read_layers(store, &blobs, number, queue, options);
    skipped.extend(unread_blobs);
    skipped.extend(links_to_nothing(&images, &layers));
    skipped.extend(read_loose(store, &images, number, queue));
    let (texts, problems) = texts(store, &images);
    skipped.extend(images.problems.iter().map(|(path, reason)| unread(path, reason.clone())));
    skipped.extend(problems);
    Read {
        kind: TargetKind::Image,
        image: Some(Resolved { images, layers, texts }),
        git: None,
        skipped,
        images: Vec::new(),
    }
}

fn read_layers(
    store: &dyn Store,
    blobs: &[&str],
    number: usize,
    queue: &Queue,
    options: &Options,
) -> (HashMap<String, LayerPaths>, Vec<Skipped>) {
    let (layers, skipped) = (Mutex::new(HashMap::new()), Mutex::new(Vec::new()));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..options.workers.min(blobs.len()) {
            scope.spawn(|| {
                while let Some(path) = blobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut feeder =
                        Feeder::new(queue, Origin { target: number, layer: Some((*path).to_owned()) });
                    let paths = read_layer(store, path, &mut feeder, options);
                    queue.tally().layers_done.fetch_add(1, Ordering::Relaxed);
                    let unread = feeder.finish();
                    // A reader that panicked ends the scan; its lock is not asked for again.
                    if let (Ok(mut layers), Ok(mut skipped)) = (layers.lock(), skipped.lock()) {
                        layers.insert((*path).to_owned(), paths);
                        skipped.extend(unread);
                    }
                }
            });
        }
    });
    (layers.into_inner().unwrap_or_default(), skipped.into_inner().unwrap_or_default())
}

fn read_layer(store: &dyn Store, path: &str, feeder: &mut Feeder<'_>, options: &Options) -> LayerPaths {
    match store.open(path) {
        Err(e) => {
            feeder.unread("", e.to_string());
            LayerPaths::default()
        }
        Ok(blob) => {
            let mut hashing = Hashing::new(path, blob);
            let paths = layer::feed(&mut hashing, feeder, &options.excluded);
            hashing.verify(feeder);
            paths
        }
    }
}

/// Blobs that no image names, and files that do not belong there: they are sent along with the image.
fn read_loose(store: &dyn Store, images: &Images, number: usize, queue: &Queue) -> Vec<Skipped> {
    let mut feeder = Feeder::new(queue, Origin { target: number, layer: None });
    let Listing { paths, unread } = store.list();
    unread.into_iter().for_each(|(path, reason)| feeder.unread(&path, reason));
    for path in paths.iter().filter(|path| !images.known.contains(*path)) {
        match store.open(path) {
            Ok(content) => walk(path, content, &mut feeder),
            Err(e) => feeder.unread(path, e.to_string()),
        }
    }
    feeder.finish()
}

/// Hard links whose content stands neither in their layer nor below it.
fn links_to_nothing(images: &Images, layers: &HashMap<String, LayerPaths>) -> Vec<Skipped> {
    let mut skipped = Vec::new();
    let mut tell = |blob: &str, links: &Links| {
        for (path, reason) in links.reasons("in its layer or in one below it") {
            skipped.push(unread(&format!("{blob}!{path}"), reason));
        }
    };
    for image in &images.images {
        for (index, layer) in image.layers.iter().enumerate() {
            let Some(own) = layers.get(&layer.path).filter(|own| !own.links.open.is_empty()) else {
                continue;
            };
            let here_and_below = || image.layers[..=index].iter().filter_map(|l| layers.get(&l.path));
            let mut links = own.links.clone();
            links.settle(|target| here_and_below().any(|layer| layer.has(target)));
            tell(&layer.path, &links);
        }
    }
    let of_an_image = |blob: &str| images.images.iter().any(|i| i.layers.iter().any(|l| l.path == blob));
    layers.iter().filter(|(blob, _)| !of_an_image(blob)).for_each(|(blob, own)| tell(blob, &own.links));
    skipped
}

/// Reads what goes by once; it can turn out to be an image, or, when `image` is set, has to.
pub(super) fn read_stream(
    content: &mut dyn std::io::Read,
    target: &str,
    image: bool,
    number: usize,
    queue: &Queue,
    options: &Options,
) -> Read {
    let name = if target == "-" { "(stdin)" } else { target };
    let passed = stream::feed(content, name, number, queue, &options.excluded);
    let mut skipped = passed.skipped;
    let kept = passed.kept;
    if !images::is_image(|path| kept.size(path).is_some()) {
        let mut feeder = Feeder::new(queue, Origin { target: number, layer: None });
        let mut documents: Vec<_> = kept.documents.iter().collect();
        documents.sort();
        documents.into_iter().for_each(|(path, bytes)| walk(path, bytes.as_slice(), &mut feeder));
        skipped.extend(feeder.finish());
        skipped.extend(links_to_nothing(&Images::default(), &passed.layers));
        if image {
            let reason = "no image is in it: it has neither manifest.json nor index.json and oci-layout";
            skipped.push(unread(name, reason.to_owned()));
        } else if passed.empty && target == "-" {
            let reason = "standard input was empty: did the command before the pipe fail?";
            skipped.push(unread(name, reason.to_owned()));
        }
        return Read { kind: TargetKind::Stream, image: None, git: None, skipped, images: Vec::new() };
    }
    let images = images::read(&kept, None, &options.platforms);
    let mut feeder = Feeder::new(queue, Origin { target: number, layer: None });
    let mut loose: Vec<_> = kept.documents.iter().filter(|(path, _)| !images.known.contains(*path)).collect();
    loose.sort();
    loose.into_iter().for_each(|(path, bytes)| walk(path, bytes.as_slice(), &mut feeder));
    skipped.extend(feeder.finish());
    skipped.extend(links_to_nothing(&images, &passed.layers));
    let (texts, problems) = texts(&kept, &images);
    skipped.extend(images.problems.iter().map(|(path, reason)| unread(path, reason.clone())));
    skipped.extend(problems);
    Read {
        kind: TargetKind::Image,
        image: Some(Resolved { images, layers: passed.layers, texts }),
        git: None,
        skipped,
        images: Vec::new(),
    }
}

/// Everything in the image's documents that a person wrote.
fn texts(store: &dyn Store, images: &Images) -> (Vec<(ImageId, Text)>, Vec<Skipped>) {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for image in &images.images {
        let id = ImageId { digest: image.digest.clone(), platform: image.platform.clone() };
        let all = config::texts(&image.config).into_iter().chain(image.texts.iter().cloned());
        texts.extend(all.map(|text| (id.clone(), text)));
    }
    for statement in &images.statements {
        let about = images.images.iter().find(|i| i.digest == statement.about);
        let id = ImageId {
            digest: statement.about.clone(),
            platform: about.map_or_else(|| "unknown/unknown".to_owned(), |i| i.platform.clone()),
        };
        let parsed = document(store, &statement.path)
            .map_err(|e| e.to_string())
            .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| format!("not JSON: {e}")));
        match parsed {
            Ok(json) => texts.extend(attestation::texts(&json).into_iter().map(|text| (id.clone(), text))),
            Err(reason) => problems.push(unread(&statement.path, reason)),
        }
    }
    let top = ImageId { digest: images.digest.clone().unwrap_or_default(), platform: String::new() };
    texts.extend(images.texts.iter().map(|text| (top.clone(), text.clone())));
    (texts, problems)
}

fn unread(path: &str, reason: String) -> Skipped {
    Skipped { path: path.to_owned(), reason, bytes: 0, kind: SkipKind::Unread }
}
