//! Objects that were read before and had nothing to tell: what they are is kept, not what is in them.
//!
//! An entry is the digest of an object's name, its path and the salt (the rules, the engine), so whatever changes one of
//! them makes it stale. Entries are appended in one write; one that is damaged matches nothing.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Bytes of an entry: the key, and a checksum of it.
const ENTRY: usize = KEY + 4;
const KEY: usize = 16;
/// Larger than this, the file is begun anew: 4 MB are 200,000 entries, which are looked through in a few milliseconds.
const LARGEST: u64 = 4 << 20;
/// What the names of all such files begin with.
const PREFIX: &str = "clean-";

/// What stands for an object at a path, under a salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; KEY]);

/// A file of keys.
#[derive(Debug, Clone)]
pub struct Known {
    file: PathBuf,
    salt: [u8; 32],
}

impl Known {
    /// The file of this salt in a directory, which need not be there.
    pub fn new(directory: &Path, salt: &[&str]) -> Self {
        let salt: [u8; 32] = digest(salt).finalize().into();
        let name: String = salt[..8].iter().map(|b| format!("{b:02x}")).collect();
        Self { file: directory.join(format!("{PREFIX}{name}")), salt }
    }

    /// The key of something that these words name.
    pub fn key(&self, words: &[&str]) -> Key {
        let mut hash = digest(words);
        hash.update(self.salt);
        let digest: [u8; 32] = hash.finalize().into();
        let mut key = [0; KEY];
        key.copy_from_slice(&digest[..KEY]);
        Key(key)
    }

    /// Those of the keys that are in the file; none where it can't be read.
    pub fn of(&self, keys: &HashSet<Key>) -> HashSet<Key> {
        let bytes = fs::read(&self.file).unwrap_or_default();
        let (entries, _) = bytes.as_chunks::<ENTRY>();
        entries.iter().filter_map(entry).filter(|key| keys.contains(key)).collect()
    }

    /// Adds keys.
    pub fn add(&self, keys: &[Key]) -> io::Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(keys.len() * ENTRY);
        for Key(key) in keys {
            entries.extend_from_slice(key);
            entries.extend_from_slice(&crc32fast::hash(key).to_le_bytes());
        }
        let size = fs::metadata(&self.file).map(|meta| meta.len()).ok();
        if size.is_none() {
            self.make_room()?;
        }
        // An append that did not get to its end has moved all that follows it.
        if size.is_some_and(|size| size > LARGEST || size % ENTRY as u64 != 0) {
            let fresh = self.file.with_extension(std::process::id().to_string());
            fs::write(&fresh, &entries)?;
            return fs::rename(&fresh, &self.file);
        }
        OpenOptions::new().create(true).append(true).open(&self.file)?.write_all(&entries)
    }

    /// Makes the directory, and takes out the files of other salts.
    fn make_room(&self) -> io::Result<()> {
        let directory = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        for entry in fs::read_dir(directory)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

/// Each word with its length before it, so that no two lists are alike.
fn digest(words: &[&str]) -> Sha256 {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word);
    }
    hash
}

fn entry(bytes: &[u8; ENTRY]) -> Option<Key> {
    let (key, checksum) = bytes.split_first_chunk::<KEY>()?;
    (crc32fast::hash(key).to_le_bytes() == checksum).then_some(Key(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_known_under_its_salt_alone() {
        let directory = tempfile::tempdir().unwrap();
        let known = Known::new(directory.path(), &["rules", "1"]);
        let (a, b) = (known.key(&["id", "path"]), known.key(&["id", "other"]));
        known.add(&[a]).unwrap();
        assert_eq!(known.of(&HashSet::from([a, b])), HashSet::from([a]));
        let other = Known::new(directory.path(), &["rules", "2"]);
        assert_ne!(other.key(&["id", "path"]), a);
        assert!(other.of(&HashSet::from([a])).is_empty());
        other.add(&[b]).unwrap();
        assert!(known.of(&HashSet::from([a])).is_empty(), "the file of the old rules is gone");
    }

    #[test]
    fn a_damaged_entry_matches_nothing_and_the_file_is_mended() {
        let directory = tempfile::tempdir().unwrap();
        let known = Known::new(directory.path(), &["rules"]);
        let (a, b, c) = (known.key(&["a"]), known.key(&["b"]), known.key(&["c"]));
        known.add(&[a, b]).unwrap();
        let mut bytes = fs::read(&known.file).unwrap();
        bytes[ENTRY - 1] ^= 1;
        bytes.pop();
        fs::write(&known.file, &bytes).unwrap();
        assert!(known.of(&HashSet::from([a, b])).is_empty());
        known.add(&[c]).unwrap();
        assert_eq!(known.of(&HashSet::from([a, b, c])), HashSet::from([c]));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let known = Known::new(directory.path(), &["rules"]);
        known.add(&[known.key(&["a"])]).unwrap();
        fs::write(&known.file, vec![0; LARGEST as usize / ENTRY * ENTRY + ENTRY]).unwrap();
        let b = known.key(&["b"]);
        known.add(&[b]).unwrap();
        assert_eq!(fs::metadata(&known.file).unwrap().len(), ENTRY as u64);
        assert_eq!(known.of(&HashSet::from([b])), HashSet::from([b]));
    }
}
