//! A registry on loopback that does what a test wants of it. It writes down what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use unbake::oci::images::digest;

pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Where a `Range` begins.
    pub(crate) fn from(&self) -> Option<usize> {
        self.header("range").strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The connection is closed after so many bytes of the body.
    pub(crate) cut: Option<usize>,
}

impl Reply {
    pub(crate) fn of(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn cut(mut self, at: usize) -> Self {
        self.cut = Some(at);
        self
    }
}

type Behaviour = dyn Fn(&Asked) -> Option<Reply> + Send + Sync;

#[derive(Default)]
struct State {
    /// By path: media type and content.
    stored: Mutex<HashMap<String, (String, Vec<u8>)>>,
    asked: Mutex<Vec<Asked>>,
    /// Answers in place of what is stored.
    behaviour: Mutex<Option<Box<Behaviour>>>,
}

/// The server; it ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { port, state }
    }

    /// Answers so, where it gives an answer.
    pub(crate) fn behave(&self, how: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) {
        *self.state.behaviour.lock().unwrap() = Some(Box::new(how));
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// What was asked of paths with this in them.
    pub(crate) fn asked_of(&self, part: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path.contains(part)).collect()
    }

    /// `docker://` and this server's repository `app`.
    pub(crate) fn target(&self, rest: &str) -> String {
        format!("docker://127.0.0.1:{}/app{rest}", self.port)
    }

    pub(crate) fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    pub(crate) fn store(&self, path: &str, media_type: &str, content: &[u8]) {
        self.state.stored.lock().unwrap().insert(path.to_owned(), (media_type.to_owned(), content.to_vec()));
    }

    /// Stores a blob; gives its descriptor.
    pub(crate) fn blob(&self, media_type: &str, content: &[u8]) -> Value {
        let digest = digest(content);
        self.store(&format!("/v2/app/blobs/{digest}"), "application/octet-stream", content);
        json!({"mediaType": media_type, "digest": digest, "size": content.len()})
    }

    /// Stores a manifest by its digest; gives its descriptor.
    pub(crate) fn manifest(&self, media_type: &str, manifest: &Value) -> Value {
        let content = manifest.to_string();
        let digest = digest(content.as_bytes());
        self.store(&format!("/v2/app/manifests/{digest}"), media_type, content.as_bytes());
        json!({"mediaType": media_type, "digest": digest, "size": content.len()})
    }

    /// Lets a tag stand for a manifest.
    pub(crate) fn tag(&self, tag: &str, descriptor: &Value) {
        let by_digest = format!("/v2/app/manifests/{}", descriptor["digest"].as_str().unwrap());
        let (media_type, content) = self.state.stored.lock().unwrap()[&by_digest].clone();
        self.store(&format!("/v2/app/manifests/{tag}"), &media_type, &content);
    }

    /// Stores an image of these layers, without a token but in them; gives the descriptor of its manifest.
    pub(crate) fn image(&self, architecture: &str, layers: &[Value]) -> Value {
        let config = json!({"os": "linux", "architecture": architecture, "rootfs": {"diff_ids": []}});
        let config = self.blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        self.manifest(MANIFEST, &manifest)
    }
}

fn serve(mut stream: TcpStream, state: &State) {
    let mut first = [0];
    // A TLS handshake begins with 22; this registry speaks none.
    if stream.peek(&mut first).unwrap_or(0) == 0 || first[0] == 22 {
        return;
    }
    let Some(asked) = read(&stream) else { return };
    state.asked.lock().unwrap().push(asked.clone());
    let behaved = state.behaviour.lock().unwrap().as_ref().and_then(|behave| behave(&asked));
    let reply = behaved.unwrap_or_else(|| stored(&asked, state));
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", reply.body.len()));
    let body = if asked.method == "HEAD" { &[][..] } else { &reply.body };
    let body = &body[..reply.cut.unwrap_or(body.len()).min(body.len())];
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body: String::from_utf8(body).ok()? })
}

fn stored(asked: &Asked, state: &State) -> Reply {
    let stored = state.stored.lock().unwrap();
    match stored.get(&asked.path) {
        None => Reply::of(404).body(r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
        Some((media_type, content)) => Reply::of(200)
            .with("Content-Type", media_type)
            .with("Docker-Content-Digest", digest(content))
            .body(content.clone()),
    }
}
