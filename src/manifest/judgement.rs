//! Secret, Configuration or neither: the one judgement of a literal, which the scan and `unbake classify` share.
//!
//! A Secret grants access, signs, decrypts, or lets one act as somebody. Configuration tunes or locates. What only
//! says where a value is, or that one is to be put there, is neither. `docs/classify.md` has the table.

mod reason;
mod tunable;

use serde::Serialize;

use super::dapr::{Meaning, meaning};
use super::{Field, Role};
use crate::detect::judge::{self, Setting};

pub use reason::Reason;

/// What a literal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Whoever has it has access.
    Secret,
    /// It tunes or locates.
    Configuration,
    /// It is no value: a reference, something to be filled in.
    Neither,
}

/// What a literal is, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What it is.
    pub class: Class,
    /// Why.
    pub reason: Reason,
    /// Whether it is a Secret that a guess would find: it runs all the same.
    pub weak: bool,
    /// Whether it is Configuration of an application that people change while it runs: a feature's flag, a limit, a
    /// threshold. Dapr's Configuration API is for these.
    pub tunable: bool,
}

impl Judgement {
    pub(super) fn of(field: &Field) -> Self {
        let reason = reason(field);
        let class = reason.class();
        Self {
            class,
            reason,
            weak: class == Class::Secret && reason != Reason::Login && judge::is_weak(field.value.trim()),
            tunable: class == Class::Configuration && tunable::is_tunable(field),
        }
    }
}

/// Whether a literal is a Secret: the question of a scan, which asks it of very many and needs no reason.
pub(super) fn is_secret(field: &Field) -> bool {
    let may_be = || known(field).is_some() || named(field).is_some();
    judge::holds_password(field.value.trim()) || may_be() && reason(field).class() == Class::Secret
}

/// What the table of Dapr's components says of a field.
fn known(field: &Field) -> Option<Meaning> {
    field.component.as_deref().and_then(|component| meaning(component, &field.name))
}

/// The first rule that applies.
fn reason(field: &Field) -> Reason {
    let value = field.value.trim();
    // Before references: `postgres://app:hunter2@{{ host }}` has both.
    if judge::holds_password(value) {
        return Reason::Login;
    }
    if value.is_empty() {
        return Reason::Empty;
    }
    let refers = judge::is_reference(value);
    if judge::is_blank(value) || refers && (value.starts_with('<') || value.bytes().all(|b| b == b'*')) {
        return Reason::Blank;
    }
    if refers {
        return Reason::Reference;
    }
    if let Some(meaning) = known(field) {
        return of_setting(meaning, value);
    }
    let form = judge::form(value);
    match (named(field), form) {
        (Some(why), None) => why,
        (_, Some(form)) => Reason::Form(form),
        (None, None) if judge::names_plain(&field.name) => Reason::Companion,
        (None, None) => Reason::Ordinary,
    }
}

/// What the table of Dapr's components makes of a value.
fn of_setting(meaning: Meaning, value: &str) -> Reason {
    let form = judge::form(value);
    match (meaning, form) {
        // In place of a key some components take the path of its file.
        (
            Meaning::Credential | Meaning::Issued,
            Some(form @ (Setting::Path | Setting::Public | Setting::Variable)),
        ) => Reason::Form(form),
        (Meaning::Issued, _) if judge::is_weak(value) => Reason::StandIn,
        (Meaning::Credential | Meaning::Issued, _) => Reason::Setting,
        (Meaning::Partial, _) => Reason::WithoutPassword,
        (Meaning::Identifier, _) => Reason::Identifier,
        (Meaning::Plain, _) => Reason::KnownPlain,
    }
}

/// Whether name or place say that the value is a credential, and which of them.
fn named(field: &Field) -> Option<Reason> {
    if is_kept_as_secret(field) {
        // Who put it there has said so. What goes with a credential stands there as well.
        return (!judge::names_plain(&field.name)).then_some(Reason::Kept);
    }
    // In an annotation `…-secret` is the name of a Secret: `nginx.ingress.kubernetes.io/auth-secret`.
    let is_a_name = field.role == Role::Annotation && field.name.ends_with("secret");
    (!is_a_name && judge::names_credential(&field.name)).then_some(Reason::Named)
}

/// Whether the place is one for Secrets only.
pub fn is_kept_as_secret(field: &Field) -> bool {
    match field.role {
        Role::SecretData | Role::LocalSecret => true,
        Role::KustomizeLiteral => field.document.field.starts_with("secretGenerator"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Document;
    use crate::span::Span;

    pub(super) fn field(role: Role, component: &str, name: &str, value: &str) -> Field {
        Field {
            document: Document { index: 0, kind: String::new(), name: String::new(), field: String::new() },
            name: name.to_owned(),
            value: value.to_owned(),
            raw: Span { start: 0, end: value.len() },
            role,
            decoded: false,
            component: (!component.is_empty()).then(|| component.to_owned()),
            proof: None,
        }
    }

    fn judged(component: &str, name: &str, value: &str) -> (Class, Reason) {
        let role = if component.is_empty() { Role::Env } else { Role::DaprMetadata };
        let judged = field(role, component, name, value).judgement();
        (judged.class, judged.reason)
    }

    #[test]
    fn the_rules_in_their_order() {
        use Class::{Configuration, Neither, Secret};
        #[rustfmt::skip]
        let cases = [
            ("DB_PASSWORD", " ", Neither, Reason::Empty),
            ("DB_PASSWORD", "$(OTHER)", Neither, Reason::Reference),
            ("DB_PASSWORD", "/run/secrets/db", Neither, Reason::Reference),
            ("API_KEY", "your-api-key", Neither, Reason::Blank),
            ("API_KEY", "<YOUR_API_KEY>", Neither, Reason::Blank),
            ("API_KEY", "********", Neither, Reason::Blank),
            ("API_KEY", "{{ .Values.key }}", Neither, Reason::Reference),
            ("DATABASE_URL", "postgres://unbake:invented-pw@db/app", Secret, Reason::Login),
            ("DATABASE_URL", "postgres://unbake:invented-pw@$(HOST)/app", Secret, Reason::Login),
            ("DATABASE_URL", "postgres://unbake:$(PW)@db/app", Configuration, Reason::Form(Setting::Address)),
            ("HOOK", "https://unbake.invalid/robot/send?access_token=0badc0deInvented", Secret, Reason::Login),
            ("DATABASE_URL", "postgres://db:5432/app", Configuration, Reason::Form(Setting::Address)),
            ("ENCRYPTION_KEY", "unbake0Invented1Key", Secret, Reason::Named),
            ("POSTGRES_PASSWORD", "postgres", Secret, Reason::Named),
            ("RATE_LIMIT_TOKENS", "100", Configuration, Reason::Form(Setting::Number)),
            ("PASSWORD_MIN_LENGTH", "12", Configuration, Reason::Form(Setting::Number)),
            ("ALLOW_EMPTY_PASSWORD", "yes", Configuration, Reason::Form(Setting::Switch)),
            ("JWT_ISSUER", "unbake", Configuration, Reason::Companion),
            ("OAUTH_CLIENT_ID", "unbake-invented", Configuration, Reason::Companion),
            ("POSTGRES_USER", "unbake", Configuration, Reason::Companion),
            ("GREETING", "hello", Configuration, Reason::Ordinary),
            ("POSTHOG_API_KEY", "phc_unbakeInvented", Configuration, Reason::Form(Setting::Public)),
        ];
        for (name, value, class, reason) in cases {
            assert_eq!(judged("", name, value), (class, reason), "{name}={value}");
        }
    }

    #[test]
    fn type_and_setting_of_a_component_decide() {
        use Class::{Configuration, Neither, Secret};
        #[rustfmt::skip]
        let cases = [
            ("state.redis", "redisPassword", "12", Secret, Reason::Setting),
            ("state.redis", "redisHost", "redis:6379", Configuration, Reason::Form(Setting::Address)),
            ("conversation.openai", "key", "unbake-0Inv3nt3d-9xQz", Secret, Reason::Setting),
            ("conversation.openai", "key", "ollama", Neither, Reason::StandIn),
            ("conversation.openai", "key", "<YOUR_API_KEY>", Neither, Reason::Blank),
            ("state.in-memory", "key", "anything", Configuration, Reason::Ordinary),
            ("pubsub.mqtt3", "url", "tcp://unbake:invented@mqtt:1883", Secret, Reason::Login),
            ("pubsub.mqtt3", "url", "tcp://mqtt:1883", Configuration, Reason::WithoutPassword),
            ("bindings.aws.s3", "accessKey", "AKIAUNBAKEINVENTED00", Configuration, Reason::Identifier),
            ("bindings.azure.signalr", "accessKey", "dW5iYWtlIGludmVudGVk", Secret, Reason::Setting),
            ("state.sqlite", "connectionString", "data/unbake", Configuration, Reason::KnownPlain),
            ("pubsub.jetstream", "tls_client_key", "/certs/client.key", Configuration, Reason::Form(Setting::Path)),
            ("state.pluggable", "password", "invented", Secret, Reason::Named),
        ];
        for (component, name, value, class, reason) in cases {
            assert_eq!(judged(component, name, value), (class, reason), "{component} {name}={value}");
        }
    }

    #[test]
    fn whatever_stands_in_a_secret_is_one_but_for_what_goes_with_it() {
        for role in [Role::SecretData, Role::LocalSecret] {
            let of = |name, value| field(role, "", name, value).judgement().reason;
            assert_eq!(of("anything", "unbake"), Reason::Kept);
            assert_eq!(of("username", "unbake"), Reason::Companion);
            assert_eq!(of("config.json", "{\"a\": 1}"), Reason::Form(Setting::Structure));
        }
        let mut literal = field(Role::KustomizeLiteral, "", "anything", "unbake");
        assert_eq!(literal.judgement().reason, Reason::Ordinary);
        literal.document.field = "secretGenerator[0].literals[0]".to_owned();
        assert_eq!(literal.judgement().reason, Reason::Kept);
    }

    #[test]
    fn a_weak_secret_is_one() {
        let weak = |value| field(Role::Env, "", "DB_PASSWORD", value).judgement().weak;
        assert!(weak("postgres") && weak("changeme") && !weak("unbake-kX9vQ2mZr7TbW4sL"));
    }
}
