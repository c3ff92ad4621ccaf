//! OpenPGP secret keys (RFC 9580, section 5.5): how the first packet says that it is locked.

use super::pem::Key;

const SECRET_KEY: u8 = 5;

/// Whether the secret key that the message begins with is plain; nothing if it begins with another packet or in a
/// version that is not read here.
pub(super) fn secret_key(message: &[u8]) -> Option<Key> {
    let mut rest = message;
    if header(&mut rest)? != SECRET_KEY {
        return None;
    }
    let [version, _, _, _, _, algorithm] = *take::<6>(&mut rest)?;
    match version {
        4 => {}
        6 => skip(&mut rest, 4)?, // the length of the public part
        _ => return None,
    }
    skip_public_part(&mut rest, algorithm)?;
    let [usage] = take::<1>(&mut rest)?;
    Some(if *usage == 0 { Key::Plain } else { Key::Encrypted })
}

/// Reads a packet's header; gives its type.
fn header(rest: &mut &[u8]) -> Option<u8> {
    const OLD: u8 = 0x80;
    const NEW: u8 = 0xc0;
    let [first] = *take::<1>(rest)?;
    if first & NEW == NEW {
        let [length] = *take::<1>(rest)?;
        let more = match length {
            0..=191 => 0,
            192..=223 => 1,
            // Only data packets come in parts.
            224..=254 => return None,
            255 => 4,
        };
        skip(rest, more)?;
        return Some(first & 0x3f);
    }
    if first & OLD == 0 {
        return None;
    }
    let octets = [1, 2, 4, 0][usize::from(first & 3)];
    skip(rest, octets)?;
    Some(first >> 2 & 0xf)
}

/// Skips the numbers that make up the public key.
fn skip_public_part(rest: &mut &[u8], algorithm: u8) -> Option<()> {
    let numbers = match algorithm {
        1..=3 => 2, // RSA
        16 => 3,    // Elgamal
        17 => 4,    // DSA
        18 | 19 | 22 => {
            skip_counted(rest)?; // the curve
            1
        }
        25 | 27 => return skip(rest, 32), // X25519, Ed25519
        _ => return None,
    };
    for _ in 0..numbers {
        let bits = u16::from_be_bytes(*take::<2>(rest)?);
        skip(rest, usize::from(bits.div_ceil(8)))?;
    }
    // ECDH goes on with its key derivation.
    if algorithm == 18 { skip_counted(rest) } else { Some(()) }
}

/// Skips a count of octets and as many of them.
fn skip_counted(rest: &mut &[u8]) -> Option<()> {
    let [count] = *take::<1>(rest)?;
    skip(rest, usize::from(count))
}

fn skip(rest: &mut &[u8], count: usize) -> Option<()> {
    *rest = rest.get(count..)?;
    Some(())
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(first)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An RSA key of invented numbers; `usage` says how it is locked, 0 that it is not.
    pub(in super::super) fn key(usage: u8) -> Vec<u8> {
        let number =
            |bits: u16| [&bits.to_be_bytes()[..], &vec![0x7a; usize::from(bits.div_ceil(8))]].concat();
        let body =
            [&[4, 0, 0, 0, 0, 1][..], &number(1023), &number(17), &[usage], &number(1020), &[0; 9]].concat();
        [&[0x95][..], &(body.len() as u16).to_be_bytes(), &body].concat()
    }

    #[test]
    fn a_key_says_whether_it_is_locked() {
        assert_eq!(secret_key(&key(0)), Some(Key::Plain));
        assert_eq!(secret_key(&key(254)), Some(Key::Encrypted));
    }

    /// A key on a curve, under the newer form of header, is read as well.
    #[test]
    fn a_key_on_a_curve_is_read() {
        let curve = [3, 1, 2, 3];
        let point = [0, 9, 1, 0xff];
        let body = [&[4, 0, 0, 0, 0, 22][..], &curve, &point, &[0, 0, 1, 1]].concat();
        let message = [&[0xc5, body.len() as u8][..], &body].concat();
        assert_eq!(secret_key(&message), Some(Key::Plain));
    }

    #[test]
    fn a_key_of_version_6_is_read() {
        let body = [&[6, 0, 0, 0, 0, 27, 0, 0, 0, 32][..], &[7; 32], &[0], &[7; 32]].concat();
        let message = [&[0xc5, body.len() as u8][..], &body].concat();
        assert_eq!(secret_key(&message), Some(Key::Plain));
    }

    #[test]
    fn other_packets_and_cut_ones_are_not_read() {
        let public = [&[0x99][..], &key(0)[1..]].concat();
        assert_eq!(secret_key(&public), None);
        assert_eq!(secret_key(&key(0)[..100]), None);
        assert_eq!(secret_key(b"text"), None);
        assert_eq!(secret_key(b""), None);
    }
}
