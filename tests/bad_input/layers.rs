//! Layers with members that are not what a layer should have, and blobs that break off.

use std::io::{Read, Write};

use tar::{EntryType, Header};
use unbake::oci::images::digest;

use crate::make::{Layout, OCI_GZIP, OCI_TAR, PLANTED, Tar, blob, gzip, noise, planted};
use crate::run::{Outcome, scan};

/// Scans an image whose second layer this is; the first has the token in `app/.env`. Gives the second's path.
fn scan_layer(media_type: &str, layer: Vec<u8>) -> (Outcome, String) {
    let path = blob(&digest(&layer));
    (scan(Layout::of(&[(OCI_TAR, planted()), (media_type, layer)]).root()), path)
}

#[test]
fn gzip_cut_short() {
    let whole = gzip(&Tar::default().file(b"srv/.env", PLANTED).file(b"srv/big", &noise(300_000)).end());
    let (scan, path) = scan_layer(OCI_GZIP, whole[..200_000].to_vec());
    scan.tells(&format!("{path}!srv/big"), "the gzip stream is cut short").is_incomplete();
    scan.finds("app/.env");
    // What came before the cut is read.
    scan.finds("srv/.env");
}

/// Only its last bytes are gone: all files are there, and still it is told.
#[test]
fn gzip_without_its_end() {
    let whole = gzip(&Tar::default().file(b"srv/.env", PLANTED).end());
    let (scan, path) = scan_layer(OCI_GZIP, whole[..whole.len() - 4].to_vec());
    scan.tells(&path, "the gzip stream is cut short").is_incomplete().finds("srv/.env");
}

#[test]
fn zstd_cut_short_and_gzip_damaged() {
    let tar = Tar::default().file(b"srv/.env", PLANTED).file(b"srv/big", &noise(300_000)).end();
    let zstd = zstd::encode_all(tar.as_slice(), 1).unwrap();
    let (scan, path) =
        scan_layer("application/vnd.oci.image.layer.v1.tar+zstd", zstd[..zstd.len() / 2].to_vec());
    scan.tells(&format!("{path}!srv/big"), "the zstd stream is cut short").is_incomplete();
    scan.finds("app/.env");
    let mut gzip = gzip(&tar);
    let middle = gzip.len() / 2;
    gzip[middle..middle + 64].fill(0xff);
    let (scan, path) = scan_layer(OCI_GZIP, gzip);
    scan.tells(&path, "the gzip stream is damaged").is_incomplete().finds("srv/.env");
}

/// A tar that is cut within a member, and one with bytes that are no header: those are searched as they stand.
#[test]
fn tar_cut_short_and_tar_damaged() {
    let whole = Tar::default().file(b"srv/.env", PLANTED).file(b"srv/big", &noise(9_000)).end();
    let (scan, path) = scan_layer(OCI_TAR, whole[..5_000].to_vec());
    scan.tells(&format!("{path}!srv/big"), "the tar is cut short").is_incomplete();
    scan.finds("srv/.env");

    let mut damaged = Tar::default().file(b"srv/big", &noise(100)).0;
    damaged.extend([PLANTED, &[b'\n'; 2000]].concat());
    let (scan, path) = scan_layer(OCI_TAR, damaged);
    scan.tells(&path, "after srv/big: not a sound tar: a member's header has a wrong checksum")
        .is_incomplete();
    assert!(scan.finds("(after the fault)")["layer"].is_object());
}

/// Told as incomplete, although its content was read: a runtime puts such a file elsewhere, or refuses the layer.
#[test]
fn path_that_leaves_the_root() {
    let (scan, path) = scan_layer(OCI_TAR, Tar::default().file(b"../../etc/evil.env", PLANTED).end());
    scan.tells(&format!("{path}!../../etc/evil.env"), "its path leads out of the image").tells_only(1);
    scan.is_incomplete().finds("../../etc/evil.env");
    scan.finds("app/.env");
}

#[test]
fn path_that_is_too_long() {
    let name = [&[b'p'; 20_000][..], b"/.env"].concat();
    let layer = Tar::default()
        .member(b"././@LongLink", EntryType::GNULongName, b"", &name)
        .file(b"ppp", PLANTED)
        .file(b"next.env", PLANTED)
        .end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    scan.tells("pppp", "its path is longer than 16 KiB").tells_only(1).is_incomplete();
    scan.finds("ppp");
    scan.finds("next.env");
}

#[test]
fn hard_link_to_nothing() {
    let layer = Tar::default()
        .link(b"srv/lost", EntryType::Link, b"srv/nowhere")
        .link(b"srv/itself", EntryType::Link, b"srv/itself")
        // These lead somewhere: to the layer below, to what comes later, and to what came before.
        .link(b"srv/below", EntryType::Link, b"app/.env")
        .link(b"srv/later", EntryType::Link, b"./srv/.env")
        .file(b"srv/.env", PLANTED)
        .link(b"srv/earlier", EntryType::Link, b"/srv/.env")
        .end();
    let (scan, path) = scan_layer(OCI_TAR, layer);
    let reason = "which is not in its layer or in one below it";
    scan.tells(&format!("{path}!srv/lost"), &format!("a hard link to srv/nowhere, {reason}"));
    scan.tells(&format!("{path}!srv/itself"), reason).tells_only(2).is_incomplete();
    scan.finds("srv/.env");
}

/// A device has no content, so nothing is left unread: the exit code is that of what was found. A size in its header
/// means nothing.
#[test]
fn device_file() {
    let mut device = Header::new_gnu();
    device.set_path("dev/sda").unwrap();
    device.set_entry_type(EntryType::Block);
    device.set_size(1 << 30);
    let layer = Tar::default()
        .raw(device, b"")
        .link(b"dev/null", EntryType::Char, b"")
        .link(b"run/pipe", EntryType::Fifo, b"")
        .file(b"srv/.env", PLANTED)
        .end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    scan.tells_only(0).exits(1).finds("srv/.env");
}

/// Old GNU format: the map is in the header.
#[test]
fn sparse_file_of_gnu() {
    let content = [b"first\n", PLANTED].concat();
    let mut header = Header::new_gnu();
    header.set_path("var/sparse.log").unwrap();
    header.set_entry_type(EntryType::GNUSparse);
    header.set_size(content.len() as u64);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(1 << 40);
    gnu.sparse[0].set_offset(4096);
    gnu.sparse[0].set_length(content.len() as u64);
    let layer = Tar::default().raw(header, &content).file(b"srv/.env", PLANTED).end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    // A hole of a terabyte is not waited for, and holds nothing: all is read.
    scan.tells_only(0).exits(1);
    assert_eq!(scan.finds("var/sparse.log")["line"], 2);
    scan.finds("srv/.env");
}

/// The formats of PAX: the map is in the PAX header (0.1), or before the content (1.0).
#[test]
fn sparse_file_of_pax() {
    // A tar with a hole in its middle is a tar only when the hole is there.
    let mut inner = Tar::default().file(b"zeros", &[0; 8192]).file(b"in/.env", PLANTED).0;
    let second = inner.split_off(512 + 8192);
    let (first, end) = (inner[..512].to_vec(), 512 + 8192 + second.len());
    let (length, at) = (second.len(), 512 + 8192);
    let stored = [first, second].concat();
    let mut map = format!("2\n0\n512\n{at}\n{length}\n").into_bytes();
    map.resize(512, 0);
    let layer = Tar::default()
        .pax(&[
            ("GNU.sparse.size", &end.to_string()),
            ("GNU.sparse.name", "var/one.tar"),
            ("GNU.sparse.map", &format!("0,512,{at},{length}")),
        ])
        .file(b"GNUSparseFile.0/one.tar", &stored)
        .pax(&[
            ("GNU.sparse.major", "1"),
            ("GNU.sparse.minor", "0"),
            ("GNU.sparse.name", "var/two.tar"),
            ("GNU.sparse.realsize", &end.to_string()),
        ])
        .file(b"GNUSparseFile.0/two.tar", &[map, stored].concat())
        .file(b"srv/.env", PLANTED)
        .end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    scan.tells_only(0).exits(1);
    scan.finds("var/one.tar!in/.env");
    scan.finds("var/two.tar!in/.env");
    scan.finds("srv/.env");
}

/// An attribute's value may have line breaks, which the headers' own lines do not end at.
#[test]
fn attribute_of_several_lines() {
    let value = format!("first\n{}", std::str::from_utf8(PLANTED).unwrap());
    let layer = Tar::default().pax(&[("SCHILY.xattr.user.note", &value)]).file(b"srv/x", b"x").end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    scan.tells_only(0).exits(1).finds("srv/x#SCHILY.xattr.user.note");
}

#[test]
fn gzip_bomb() {
    // Members of gzip follow each other, so a gigabyte of zeros is made of one megabyte of them.
    let mut zeros = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    zeros.write_all(&vec![0; 1 << 20]).unwrap();
    let bomb = zeros.finish().unwrap().repeat(1 << 10);
    let layer = Tar::default().file(b"tmp/bomb.gz", &bomb).file(b"srv/.env", PLANTED).end();
    let (scan, path) = scan_layer(OCI_TAR, layer);
    let reason = "unpacks to more than 250 times its size: a decompression bomb?";
    scan.tells(&format!("{path}!tmp/bomb.gz"), reason).tells_only(1).is_incomplete();
    scan.finds("srv/.env");
    scan.finds("app/.env");
}

/// The layer itself: eight gigabytes of zeros in less than one megabyte.
#[test]
fn layer_that_is_a_bomb() {
    let mut header = Header::new_gnu();
    header.set_path("tmp/zeros").unwrap();
    header.set_entry_type(EntryType::Regular);
    header.set_size(8 << 30);
    let head = Tar::default().file(b"srv/.env", PLANTED).raw(header, b"").0;
    // Frames of zstd follow each other, too.
    let zeros = zstd::encode_all(std::io::repeat(0).take(64 << 20), 1).unwrap().repeat(128);
    let layer = [zstd::encode_all(head.as_slice(), 1).unwrap(), zeros].concat();
    let (scan, path) = scan_layer("application/vnd.oci.image.layer.v1.tar+zstd", layer);
    scan.tells(&format!("{path}!tmp/zeros"), "a decompression bomb?").is_incomplete();
    scan.tells(&path, "the rest of the layer was not read");
    scan.finds("srv/.env");
    scan.finds("app/.env");
}

/// A million of them, as one layer; the tar is half a gigabyte of headers and is made as a stream.
#[test]
fn a_million_empty_files() {
    let mut layer = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(0);
    header.set_mode(0o644);
    for n in 0..1_000_000 {
        let name = format!("empty/{n:07}");
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        layer.write_all(header.as_bytes()).unwrap();
    }
    layer.write_all(&Tar::default().file(b"srv/.env", PLANTED).end()).unwrap();
    let layer = layer.finish().unwrap();
    let (scan, _) = scan_layer("application/vnd.oci.image.layer.v1.tar+zstd", layer);
    // All of them are read, there is just nothing in them.
    scan.tells_only(0).exits(1).finds("srv/.env");
    assert!(scan.report["coverage"]["files"].as_u64().unwrap() >= 1_000_002, "{}", scan.report["coverage"]);
}

/// It is shown with what is no text escaped, and read like any other.
#[test]
fn name_that_is_not_utf8() {
    let layer = Tar::default().file(b"srv/caf\xe9\x1b.env", PLANTED).end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    scan.tells_only(0).exits(1).finds("srv/caf\\xe9\\x1b.env");
}

#[test]
fn symlink_loop_in_a_layer() {
    let layer = Tar::default()
        .link(b"srv/a", EntryType::Symlink, b"b")
        .link(b"srv/b", EntryType::Symlink, b"a")
        .link(b"srv/up", EntryType::Symlink, b"..")
        .file(b"srv/.env", PLANTED)
        .end();
    let (scan, _) = scan_layer(OCI_TAR, layer);
    // No link is followed: what it leads to is read where it stands.
    scan.tells_only(0).exits(1).finds("srv/.env");
}
