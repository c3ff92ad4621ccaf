//! No text makes the reader of manifests panic, and the bytes of each field are in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unbake::manifest;

fuzz_target!(|data: &[u8]| {
    let Some(manifest) = manifest::read(data) else { return };
    for field in &manifest.fields {
        assert!(field.raw.start <= field.raw.end && field.raw.end <= data.len());
    }
});
