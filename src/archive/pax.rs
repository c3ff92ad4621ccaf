//! What a PAX or GNU header says of the member that follows it (POSIX.1-2001, pax, "pax Extended Header"; GNU tar
//! manual, "Storing Sparse Files").
//!
//! Records are parsed here, since the `tar` crate splits them at line breaks: an attribute with a line break in its
//! value, as a PEM key has, would be lost.

use super::sparse::Map;

/// What overrides the fields of the next member's own header.
#[derive(Default)]
pub(super) struct Override {
    /// Its path.
    pub(super) path: Option<Vec<u8>>,
    /// Where a link leads.
    pub(super) target: Option<Vec<u8>>,
    /// Length of its content as stored.
    pub(super) size: Option<u64>,
    /// Extended attributes and comments.
    pub(super) attributes: Vec<(String, Vec<u8>)>,
    /// Path of a sparse file; `path` is then made up by the program that wrote it.
    sparse_name: Option<Vec<u8>>,
    /// Where the stored parts of a sparse file belong (formats 0.0 and 0.1).
    pub(super) map: Map,
    /// Whether the content begins with that (format 1.0).
    pub(super) map_in_content: bool,
    offset: Option<u64>,
}

impl Override {
    /// Takes in the records of a header: `LENGTH KEY=VALUE\n`, where the length is that of the whole record.
    pub(super) fn read(&mut self, mut records: &[u8]) {
        while let Some((key, value, rest)) = record(records) {
            self.take(key, value);
            records = rest;
        }
    }

    /// The path, if a header gave one.
    pub(super) fn take_path(&mut self) -> Option<Vec<u8>> {
        self.sparse_name.take().or_else(|| self.path.take())
    }

    fn take(&mut self, key: &str, value: &[u8]) {
        match key {
            "path" => self.path = Some(value.to_vec()),
            "linkpath" => self.target = Some(value.to_vec()),
            "size" => self.size = number(value),
            "GNU.sparse.name" => self.sparse_name = Some(value.to_vec()),
            "GNU.sparse.major" => self.map_in_content = value == b"1",
            "GNU.sparse.size" | "GNU.sparse.realsize" => self.map.end = number(value),
            "GNU.sparse.offset" => self.offset = number(value),
            "GNU.sparse.numbytes" => {
                if let (Some(offset), Some(size)) = (self.offset.take(), number(value)) {
                    self.map.add(offset, size);
                }
            }
            "GNU.sparse.map" => {
                let numbers: Vec<u64> = value.split(|b| *b == b',').map_while(number).collect();
                numbers.chunks_exact(2).for_each(|part| self.map.add(part[0], part[1]));
            }
            key if key == "comment" || key.starts_with("SCHILY.xattr.") => {
                self.attributes.push((key.to_owned(), value.to_vec()));
            }
            _ => {}
        }
    }
}

/// The first record, and what follows it.
fn record(records: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let blank = records.iter().position(|b| *b == b' ')?;
    let length = usize::try_from(number(&records[..blank])?).ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let text = record.get(blank + 1..)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|b| *b == b'=')?;
    Some((std::str::from_utf8(&text[..equals]).unwrap_or_default(), &text[equals + 1..], rest))
}

/// A decimal number.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_line_breaks() {
        let mut over = Override::default();
        over.read(b"33 SCHILY.xattr.user.k=one\ntwo=2\n15 path=a/b.env\nnonsense");
        assert_eq!(over.attributes, [("SCHILY.xattr.user.k".to_owned(), b"one\ntwo=2".to_vec())]);
        assert_eq!(over.take_path(), None, "the second record's length is wrong");
    }
}
