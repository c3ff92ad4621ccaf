//! `cargo bench`: inflate, prefilter, and a whole layer, so that a later change can be seen.

#![expect(clippy::expect_used, reason = "a benchmark that can not be set up says so by a panic")]

use std::io::Write;

use divan::Bencher;
use divan::counter::BytesCount;
use unbake::detect::prefilter::Prefilter;
use unbake::detect::{Engine, Scanner, Text};
use unbake::rules::load;

fn main() {
    divan::main();
}

/// Source text of this project, over and over: 4 MiB.
fn text() -> Vec<u8> {
    let sources =
        [include_bytes!("../src/detect/scanner.rs").as_slice(), include_bytes!("../rules/generic.yml")];
    sources.concat().into_iter().cycle().take(4 << 20).collect()
}

fn engine() -> Engine {
    let rules = load::builtin().expect("the rules that come with the binary are sound");
    Engine::new(rules).expect("the rules that come with the binary are sound")
}

#[divan::bench]
fn start_up(bencher: Bencher<'_, '_>) {
    bencher.bench(engine);
}

#[divan::bench]
fn inflate(bencher: Bencher<'_, '_>) {
    let text = text();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&text).expect("memory can be written to");
    let compressed = encoder.finish().expect("memory can be written to");
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let mut decoder = flate2::bufread::MultiGzDecoder::new(compressed.as_slice());
        std::io::copy(&mut decoder, &mut std::io::sink())
    });
}

#[divan::bench]
fn prefilter(bencher: Bencher<'_, '_>) {
    let text = text();
    let rules = load::builtin().expect("the rules that come with the binary are sound").rules;
    let keywords: Vec<&str> =
        rules.iter().flat_map(|rule| rule.keywords.iter().map(String::as_str)).collect();
    let numbered: Vec<(u16, &[u8])> =
        keywords.iter().enumerate().map(|(i, k)| (i as u16, k.as_bytes())).collect();
    let prefilter = Prefilter::new(&numbered);
    let mut hits = Vec::new();
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        hits.clear();
        prefilter.find(&text, 0, &mut hits);
        hits.len()
    });
}

#[divan::bench]
fn scan(bencher: Bencher<'_, '_>) {
    let text = text();
    let engine = engine();
    let mut scanner = Scanner::new(&engine);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        text.chunks(1 << 20).map(|chunk| scanner.scan(&Text::whole(chunk)).len()).sum::<usize>()
    });
}
