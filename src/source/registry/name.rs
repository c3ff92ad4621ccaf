//! The name of an image in a registry.

use oci_spec::distribution::Reference;

use super::error::{Error, Kind};

/// A reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Host and port as written; `docker.io` where there is none.
    pub(super) registry: String,
    /// Path of the repository.
    pub(super) repository: String,
    tag: Option<String>,
    /// It goes before the tag.
    pub(super) digest: Option<String>,
}

impl Name {
    /// Reads `[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]`, as the Docker command does.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        // A digest has no slash after it.
        if text.split_once('/').is_some_and(|(host, _)| host.contains('@')) {
            // Not shown again: a password stands in it.
            let reason = "a reference can't hold a login; log in with `docker login` or `podman login`";
            return Err(Error::new(Kind::Usage, reason));
        }
        let reference: Reference = text.parse().map_err(|e| {
            Error::new(Kind::Usage, format!("{e}; write HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:…"))
        })?;
        Ok(Self {
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            tag: reference.tag().map(str::to_owned),
            digest: reference.digest().map(str::to_owned),
        })
    }

    /// Host and port that are connected to.
    pub(super) fn endpoint(&self) -> &str {
        if is_docker_hub(&self.registry) { "registry-1.docker.io" } else { &self.registry }
    }

    pub(super) fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or("latest")
    }
}

/// Docker Hub has several names.
pub(super) fn is_docker_hub(host: &str) -> bool {
    matches!(host, "docker.io" | "index.docker.io" | "registry-1.docker.io")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_docker_command() {
        let name = Name::parse("alpine").unwrap();
        assert_eq!(
            (name.endpoint(), name.repository.as_str(), name.tag()),
            ("registry-1.docker.io", "library/alpine", "latest")
        );
        let name = Name::parse("localhost:5000/team/app:1.2").unwrap();
        assert_eq!(
            (name.endpoint(), name.repository.as_str(), name.tag()),
            ("localhost:5000", "team/app", "1.2")
        );
        let digest = format!("sha256:{}", "ab".repeat(32));
        let name = Name::parse(&format!("registry.example/app:1@{digest}")).unwrap();
        assert_eq!(name.digest, Some(digest));
    }

    #[test]
    fn what_is_no_reference_is_refused_and_a_password_not_repeated() {
        for wrong in ["", "Registry/APP", "host/app@sha256:12", "../x", "http://host/app"] {
            assert_eq!(Name::parse(wrong).unwrap_err().kind, Kind::Usage, "{wrong}");
        }
        let error = Name::parse("unbake:invented-password@registry.example/app").unwrap_err();
        assert!(!error.to_string().contains("invented"), "{error}");
    }
}
