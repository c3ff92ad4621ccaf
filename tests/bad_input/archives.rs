//! Archives that are no image, in files and on standard input, and archives of images that break off.

use std::io::{Cursor, Write};

use tar::EntryType;
use unbake::oci::images::digest;
use zip::write::SimpleFileOptions;

use crate::make::{Layout, OCI_TAR, PLANTED, Tar, blob, gzip, noise, planted, tree};
use crate::run::{scan, scan_stdin};

#[test]
fn truncated_tar() {
    let whole = Tar::default().file(b"app/.env", PLANTED).file(b"big", &noise(9_000)).end();
    let dir = tree(&[("files.tar", &whole[..4_000]), ("beside.env", PLANTED)]);
    let scanned = scan(dir.path());
    scanned.tells("files.tar!big", "the tar is cut short").is_incomplete();
    scanned.finds("files.tar!app/.env");
    scanned.finds("beside.env");
    let scanned = scan_stdin(whole[..4_000].to_vec());
    scanned.tells("big", "the tar is cut short").is_incomplete().finds("app/.env");
    let scanned = scan_stdin(gzip(&whole)[..4_000].to_vec());
    scanned.tells("big", "the gzip stream is cut short").is_incomplete().finds("app/.env");
}

/// The same for an image's archive, whose first layer is whole and whose second is not.
#[test]
fn truncated_archive_of_an_image() {
    let second = Tar::default().file(b"srv/big", &noise(9_000)).end();
    let layout = Layout::of(&[(OCI_TAR, planted()), (OCI_TAR, second.clone())]);
    let mut tar = Tar::default();
    let read = |path: &str| std::fs::read(layout.root().join(path)).unwrap();
    let mut blobs: Vec<_> = std::fs::read_dir(layout.root().join("blobs/sha256")).unwrap().collect();
    blobs.sort_by_key(|entry| entry.as_ref().unwrap().metadata().unwrap().len());
    for path in ["oci-layout", "index.json"] {
        tar = tar.file(path.as_bytes(), &read(path));
    }
    for entry in blobs {
        let path = format!("blobs/sha256/{}", entry.unwrap().file_name().to_str().unwrap());
        tar = tar.file(path.as_bytes(), &read(&path));
    }
    let cut = tar.end();
    let cut = &cut[..cut.len() - 6_000];
    let dir = tree(&[("image.tar", cut)]);
    let scanned = scan(dir.path().join("image.tar"));
    let path = blob(&digest(&second));
    scanned.tells("image.tar", &format!("the archive is cut short within {path}")).is_incomplete();
    scanned.tells(&path, "its digest is ");
    assert_eq!(scanned.finds("app/.env")["layer"]["index"], 0);
    let scanned = scan_stdin(cut.to_vec());
    scanned.tells("srv/big", "the tar is cut short").is_incomplete();
    assert_eq!(scanned.finds("app/.env")["layer"]["index"], 0);
}

#[test]
fn hard_link_to_nothing_in_an_archive() {
    let tar = Tar::default()
        .file(b"app/.env", PLANTED)
        .link(b"sound", EntryType::Link, b"app/.env")
        .link(b"lost", EntryType::Link, b"nowhere")
        .end();
    let reason = "a hard link to nowhere, which is not in this archive";
    let dir = tree(&[("files.tar", &tar)]);
    let scanned = scan(dir.path());
    scanned.tells("files.tar!lost", reason).tells_only(1).is_incomplete().finds("files.tar!app/.env");
    scan_stdin(tar).tells("lost", reason).tells_only(1).is_incomplete().finds("app/.env");
}

/// Ten zips in each other. To the eighth they are opened; what is deeper is searched as it stands, which finds what
/// is stored without compression.
#[test]
fn zip_in_zip_beyond_the_depth() {
    let zip = |members: &[(&str, &[u8])]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(*name, options).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let mut nested = zip(&[("deep.env", PLANTED)]);
    for depth in (1..10).rev() {
        nested = zip(&[(&format!("{depth}.zip"), &nested), ("beside.env", PLANTED)]);
    }
    let dir = tree(&[("0.zip", &nested)]);
    let scanned = scan(dir.path());
    let path = (0..9).map(|n| format!("{n}.zip")).collect::<Vec<_>>().join("!");
    scanned.tells(&path, "archives are opened to a depth of 8").tells_only(1).is_incomplete();
    scanned.finds("0.zip!beside.env");
    scanned.finds(&path.replace("8.zip", "beside.env"));
    scanned.finds(&path);
}

#[test]
fn truncated_zip_and_zip_of_an_unknown_method() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [(".env", PLANTED.to_vec()), ("big", noise(9_000)), ("last.env", PLANTED.to_vec())]
    {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&content).unwrap();
    }
    let mut whole = zip.finish().unwrap().into_inner();
    let dir = tree(&[("cut.zip", &whole[..5_000])]);
    scan(dir.path()).tells("cut.zip!big", "the zip is cut short").is_incomplete().finds("cut.zip!.env");
    // The method of the second member: 8 bytes into its header, which follows the first member's content.
    let second = whole.windows(4).skip(1).position(|w| w == b"PK\x03\x04").unwrap() + 1;
    whole[second + 8] = 77;
    let dir = tree(&[("odd.zip", &whole)]);
    let scanned = scan(dir.path());
    scanned.tells("odd.zip!big", "zip compression method 77 is not known").tells_only(1).is_incomplete();
    scanned.finds("odd.zip!last.env");
}

#[test]
fn truncated_ar_and_truncated_git_pack() {
    let member =
        |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
    let mut ar = b"!<arch>\n".to_vec();
    ar.extend(member(".env/", PLANTED.len()).bytes());
    ar.extend(PLANTED);
    ar.resize(ar.len().next_multiple_of(2), b'\n');
    ar.extend(member("big/", 9_000).bytes());
    ar.extend(noise(4_000));
    let dir = tree(&[("cut.a", &ar)]);
    scan(dir.path())
        .tells("cut.a", "the ar archive is cut short within big")
        .is_incomplete()
        .finds("cut.a!.env");

    // Two objects are promised, one is there: a blob whose size does not matter to its reader.
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(PLANTED).unwrap();
    let pack = [&b"PACK\0\0\0\x02\0\0\0\x02\x30"[..], &zlib.finish().unwrap()].concat();
    let dir = tree(&[("cut.pack", &pack)]);
    scan(dir.path()).tells("cut.pack", "it is cut short").is_incomplete().finds("cut.pack!blob-0");
}

#[test]
fn zip_member_with_a_path_that_is_too_long() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("p".repeat(20_000), SimpleFileOptions::default()).unwrap();
    zip.write_all(PLANTED).unwrap();
    let dir = tree(&[("long.zip", &zip.finish().unwrap().into_inner())]);
    let scanned = scan(dir.path());
    scanned.tells("ppp", "its path is longer than 16 KiB").tells_only(1).is_incomplete().finds("ppp");
}

/// `docker save app | unbake scan -` where `docker save` failed.
#[test]
fn empty_standard_input() {
    scan_stdin(Vec::new()).tells("(stdin)", "standard input was empty").tells_only(1).exits(3);
}

/// Called an image and none: that it has no credential says nothing of the image that was meant.
#[test]
fn an_archive_of_no_image() {
    let dir = tree(&[("empty.tar", b""), ("files.tar", &planted())]);
    for name in ["empty.tar", "files.tar"] {
        let target = format!("docker-archive:{}", dir.path().join(name).display());
        scan(&target).tells(name, "no image is in it").tells_only(1).exits(3);
    }
    scan(format!("docker-archive:{}", dir.path().join("files.tar").display())).finds("app/.env");
}

/// A name that an archive has twice: an unpacked archive has the later one, the archive itself has both.
#[test]
fn two_members_of_one_name() {
    let archive = Tar::default()
        .file(b"c.json", [b"{\"note\": \"", PLANTED.trim_ascii_end(), b"\"}"].concat().as_slice())
        .file(b"c.json", br#"{"os": "linux", "architecture": "amd64"}"#)
        .file(b"manifest.json", br#"[{"Config": "c.json", "Layers": []}]"#)
        .end();
    let dir = tree(&[("image.tar", &archive)]);
    scan(dir.path().join("image.tar")).tells_only(0).exits(1).finds("(overwritten, at byte 512)");
    scan_stdin(archive).tells_only(0).exits(1).finds("c.json!(overwritten)");
}

/// What stands after the end is read by no other tool, and can be read by anybody.
#[test]
fn content_after_the_end() {
    let archive = [planted(), b"one more thing\n".to_vec(), PLANTED.to_vec()].concat();
    scan_stdin(archive).tells_only(0).exits(1).finds("(after the end)");
}
