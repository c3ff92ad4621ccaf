//! Docker's credential helpers: `docker-credential-NAME get`, the server on standard input, JSON on standard output.
//!
//! Not the crate docker_credential: it waits for a helper for ever, and a helper that asks a person would hang a
//! pipeline.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::keychain::Login;

/// A helper can ask a cloud for a token.
const PATIENCE: Duration = Duration::from_secs(30);
/// Answers have some KB: tokens.
const LONGEST: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks a helper for the login of a server. None where it has none.
pub(super) fn ask(name: &str, server: &str) -> Result<Option<Login>, String> {
    let sound =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !sound {
        return Err(format!("`{name:.60}` is no name of a credential helper"));
    }
    let program = format!("docker-credential-{name}");
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{program}: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read ends without an answer, which is told below.
        let _ = stdin.write_all(server.as_bytes());
    }
    let stdout = child.stdout.take();
    let reading = std::thread::spawn(move || {
        let mut said = Vec::new();
        stdout.map(|out| out.take(LONGEST).read_to_end(&mut said));
        said
    });
    let good = wait(&mut child).map_err(|reason| format!("{program}: {reason}"))?;
    let said = reading.join().unwrap_or_default();
    if !good {
        // The protocol has one sentence for `no such login`; nothing of the rest is repeated.
        let none = String::from_utf8_lossy(&said).contains("credentials not found");
        return if none {
            Ok(None)
        } else {
            Err(format!("{program}: it failed; try `{program} get` by hand"))
        };
    }
    let answer: Answer =
        serde_json::from_slice(&said).map_err(|_| format!("{program}: its answer is not understood"))?;
    Ok(Some(match answer.username.as_str() {
        "<token>" => Login::Identity(answer.secret),
        _ => Login::Password { user: answer.username, password: answer.secret },
    }))
}

/// Whether it ended well; one that takes too long is ended.
fn wait(child: &mut Child) -> Result<bool, String> {
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer in {} seconds", PATIENCE.as_secs()));
            }
            Err(e) => return Err(e.to_string()),
        }
    }
}
